import { AdminError } from '../http/admin-error.ts'

export const unknownKey = () => new AdminError('not_found', 'There is no such key.')
