import './shell.css'

export function Shell() {
  return (
    <main>
      <h1>Gemini Balance</h1>
      <p>
        The gateway is running. Give your Gemini client this base URL, and one of your tokens as its
        key.
      </p>
      <code>{location.origin}</code>
      <p>OpenAI clients use the same address with /v1 behind it.</p>
    </main>
  )
}
