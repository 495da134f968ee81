import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'

/** Also for files of other projects, and for deleted and expired ones: nobody can tell them apart. */
export const fileDenied = (id: string): GoogleError => ({
  code: 403,
  message: `You do not have permission to access the File ${id} or it may not exist.`,
  status: 'PERMISSION_DENIED',
  verdict: 'file:denied',
})

export const fileNotActive = (id: string): GoogleError => ({
  code: 400,
  message: `The File ${id} is not in an ACTIVE state and usage is not allowed.`,
  status: 'FAILED_PRECONDITION',
  verdict: 'file:not-active',
})

export const nameTaken: GoogleError = {
  code: 409,
  message: 'Requested entity already exists',
  status: 'ALREADY_EXISTS',
  verdict: 'file:name-taken',
}

export const storageFull: GoogleError = {
  code: 429,
  message: 'The project has no room for this file: its files may have 20 GB together.',
  status: 'RESOURCE_EXHAUSTED',
  verdict: 'file:storage-full',
}

export const fileTooLarge: GoogleError = {
  ...invalidArgument('* CreateFileRequest.file: A file may have at most 2 GB.\n'),
  verdict: 'file:too-large',
}
