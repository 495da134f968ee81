import { existsSync } from 'node:fs'

export type HostFacts = {
  /** HOST; empty where it is not set. */
  readonly host: string
  readonly isInContainer: boolean
  /** Whether a client token or an admin token was chosen. */
  readonly hasToken: boolean
}

/** The address to listen on, and why, for the operator. */
export type HostChoice = { readonly host: string; readonly reason: string }

/** Without HOST, other machines can connect only where somebody chose a token, or where a container limits who reaches the port. */
export function chooseHost({ host, isInContainer, hasToken }: HostFacts): HostChoice {
  if (host !== '') return { host, reason: `HOST is ${host}.` }
  if (isInContainer) {
    return { host: '0.0.0.0', reason: 'All addresses, since it runs in a container.' }
  }
  if (hasToken) return { host: '0.0.0.0', reason: 'All addresses, since a token is set.' }
  return {
    host: '127.0.0.1',
    reason:
      'This machine only, since no token is set. For other machines set AUTH_TOKEN or HOST=0.0.0.0.',
  }
}

/** Docker and Podman leave a file, Kubernetes and systemd a variable. */
export function isInContainer(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return (
    environment['KUBERNETES_SERVICE_HOST'] !== undefined ||
    environment['container'] !== undefined ||
    existsSync('/.dockerenv') ||
    existsSync('/run/.containerenv')
  )
}

/** Whether only this machine can connect to the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
