import type { Command } from './command.ts'
import { changeEncryption } from './change-encryption.ts'

export const decryptKeys: Command = {
  help: 'Decrypts all secrets of the database; ENCRYPTION_KEY is their key. Stop the gateway first.',
  run: (context) =>
    changeEncryption(context, { done: 'Decrypted', isEncrypted: true, newKey: () => undefined }),
}
