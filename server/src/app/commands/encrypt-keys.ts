import type { Command } from './command.ts'
import { changeEncryption, required } from './change-encryption.ts'

export const encryptKeys: Command = {
  help: 'Encrypts keys, tokens and other secrets of the database with ENCRYPTION_KEY. Stop the gateway first.',
  run: (context) =>
    changeEncryption(context, {
      done: 'Encrypted',
      isEncrypted: false,
      newKey: (encryptionKey) => required(encryptionKey, 'ENCRYPTION_KEY'),
    }),
}
