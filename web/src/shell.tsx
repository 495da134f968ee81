export function Shell() {
  return (
    <main>
      <h1>Gemini Balance</h1>
      <p>The gateway is running. Point your Gemini client at this address.</p>
    </main>
  )
}
