import { admitKey } from '../calls/admit-key.ts'
import { ApiError, throwIfError } from '../calls/api-error.ts'
import { pause } from '../http/call.ts'
import type { Call } from '../http/call.ts'
import type { Credentials } from '../http/credentials.ts'
import { sendJson } from '../http/send.ts'
import type { Target } from '../http/route.ts'
import type { Project } from '../projects/registry.ts'
import { unknownQueryName } from './check-query.ts'
import { downloadFile } from './download.ts'
import { fileDenied } from './errors.ts'
import { toResource } from './store/file.ts'
import type { FileCall } from './file-call.ts'
import { listFiles } from './list/list-files.ts'
import { readMetadata } from './metadata.ts'
import { fileRpc } from './operations.ts'
import type { FileOperation } from './operations.ts'
import { uploadMultipart } from './upload/multipart.ts'
import { commandOf, continueUpload, startUpload } from './upload/resumable.ts'
import type { Upload } from './upload/sessions.ts'
import { storeUpload } from './upload/store-upload.ts'
import { sendUploadError, UploadError } from './upload/upload-error.ts'

type FilesTarget = Extract<Target, { kind: 'files' | 'upload' }>
type Answer = (fileCall: FileCall) => Promise<void> | void

const simple: Readonly<
  Record<Exclude<FileOperation, 'chunk' | 'finalize' | 'query' | 'cancel'>, Answer>
> = {
  list: listFiles,
  get: getFile,
  delete: deleteFile,
  download: downloadFile,
  create: createFile,
  upload: uploadMultipart,
  start: startUpload,
}

/** Serves the Files API. Its calls use no quota of any model. */
export async function answerFiles(
  call: Call,
  target: FilesTarget,
  credentials: Credentials,
): Promise<void> {
  try {
    await answer(call, target, credentials)
  } catch (error) {
    if (!(error instanceof UploadError)) throw error
    sendUploadError(call, error)
  }
}

async function answer(call: Call, target: FilesTarget, credentials: Credentials): Promise<void> {
  const operation = target.kind === 'upload' ? uploadOperation(call) : target.operation
  call.record.action = `files.${operation}`
  const upload = isContinued(operation) ? uploadOf(call) : undefined
  const rpc = fileRpc(operation, call.route.version)
  const project = projectOf(call, { credentials, upload, rpc })
  const { behaviours } = call.context.files
  const { key } = call.record
  const { refusal, traits } = behaviours.behaviourFor({ operation, key, project: project.id })
  if (traits.delayMs > 0 && !(await pause(call, traits.delayMs))) return
  if (refusal) {
    const error = refusal.refuse({ key: key ?? '', projectNumber: project.number, rpc })
    throw new ApiError({ ...error, verdict: `files:${refusal.name}` })
  }
  const id = target.kind === 'files' ? target.id : ''
  const fileCall: FileCall = { call, operation, project, id, traits }
  if (upload) return continueUpload(fileCall, upload)
  if (!isContinued(operation)) return simple[operation](fileCall)
}

const isContinued = (operation: FileOperation) =>
  operation === 'chunk' ||
  operation === 'finalize' ||
  operation === 'query' ||
  operation === 'cancel'

/** What a call to an upload address does is in its headers. */
function uploadOperation({ request, route }: Call): FileOperation {
  const protocol = request.headers['x-goog-upload-protocol'] ?? route.query['upload_protocol']
  const command = commandOf(request.headers)
  if (route.query['upload_id'] !== undefined || protocol === 'resumable') {
    if (command !== undefined) return command
    throw new UploadError('Invalid X-Goog-Upload-Command header.')
  }
  if (protocol === 'multipart' || route.query['uploadType'] === 'multipart') return 'upload'
  throw new UploadError('Use X-Goog-Upload-Protocol resumable or multipart.')
}

function uploadOf({ context, route }: Call): Upload {
  const upload = context.files.uploads.find(route.query['upload_id'] ?? '')
  if (!upload) throw new UploadError('Unknown upload_id.', 404)
  return upload
}

type Sender = { credentials: Credentials; upload: Upload | undefined; rpc: string }

/** The address of an upload is its credential; a key that is sent along must be of the same project. */
function projectOf(call: Call, { credentials, upload, rpc }: Sender): Project {
  if ('error' in credentials) {
    if (!upload || credentials.error.verdict !== 'credentials:none') {
      throw new ApiError(credentials.error)
    }
    call.record.project = upload.project.id
    return upload.project
  }
  const { project } = admitKey(call, credentials.key, rpc)
  if (!upload || upload.project.id === project.id) return project
  throw new ApiError({
    code: 403,
    message: 'The caller does not have permission',
    status: 'PERMISSION_DENIED',
    verdict: 'file:foreign-upload',
  })
}

function getFile({ call, project, id }: FileCall): void {
  const { context, route } = call
  if (context.options.strict) throwIfError(unknownQueryName(route.query))
  const file = context.files.store.find(project.id, id)
  if (!file) throw new ApiError(fileDenied(id))
  sendJson(call, toResource(file, context.clock.now()))
}

function deleteFile({ call, project, id }: FileCall): void {
  const { context, route } = call
  if (context.options.strict) throwIfError(unknownQueryName(route.query))
  if (!context.files.store.find(project.id, id)) throw new ApiError(fileDenied(id))
  context.files.store.remove(project.id, id)
  sendJson(call, {})
}

/** A file without content. */
function createFile(fileCall: FileCall): void {
  const { call } = fileCall
  const { strict } = call.context.options
  if (strict) throwIfError(unknownQueryName(call.route.query))
  const metadata = readMetadata(call.text, strict)
  sendJson(call, { file: storeUpload(fileCall, metadata, undefined) })
}
