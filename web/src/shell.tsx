import './shell.css'

export function Shell() {
  return (
    <main>
      <h1>Gemini Balance</h1>
      <p>
        The gateway is running. Set this base URL in your Gemini client, and use a client token as
        its API key.
      </p>
      <code>{location.origin}</code>
      <p>For OpenAI clients, add /v1 to the URL.</p>
    </main>
  )
}
