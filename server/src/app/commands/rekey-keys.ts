import { readSettings } from '@gemini-balance/contract'
import type { Command } from './command.ts'
import { changeEncryption, keyOf, required } from './change-encryption.ts'

export const rekeyKeys: Command = {
  help: 'Encrypts all secrets with NEW_ENCRYPTION_KEY instead of ENCRYPTION_KEY. Stop the gateway first.',
  run: (context) =>
    changeEncryption(context, {
      done: 'Encrypted anew',
      isEncrypted: true,
      newKey() {
        const given = required(context.variable('NEW_ENCRYPTION_KEY'), 'NEW_ENCRYPTION_KEY')
        // The same rules as for ENCRYPTION_KEY, which it replaces.
        const key = keyOf(readSettings({ ENCRYPTION_KEY: given }))
        return required(key, 'NEW_ENCRYPTION_KEY')
      },
    }),
}
