import { ApiError } from '../calls/api-error.ts'
import { write } from '../http/call.ts'
import { sendJson } from '../http/send.ts'
import { invalidArgument } from '../wire/google-error.ts'
import { fileDenied } from './errors.ts'
import type { FileCall } from './file-call.ts'

/** Sends a generated file: its content, repeated up to its size. */
export async function downloadFile({ call, project, id, traits }: FileCall): Promise<void> {
  const { context, record, request, response, route } = call
  const file = context.files.store.find(project.id, id)
  if (!file) throw new ApiError(fileDenied(id))
  const { content } = file
  if (!content) {
    throw new ApiError({
      ...invalidArgument(`The File ${id} was uploaded. Only generated files can be downloaded.`),
      verdict: 'file:not-generated',
    })
  }
  // Without it Google answers with an empty message.
  if (route.query['alt'] !== 'media') return sendJson(call, {})
  if (traits.redirectDownload && !route.path.startsWith('/download/')) {
    const address = `http://${request.headers.host ?? 'localhost'}/download${route.path}?alt=media`
    record.status = 302
    response.writeHead(302, { Location: address }).end()
    return
  }
  record.status = 200
  response.writeHead(200, { 'Content-Type': file.mimeType, 'Content-Length': file.sizeBytes })
  for (let sent = 0; sent < file.sizeBytes; sent += content.length) {
    if (!(await write(call, content.subarray(0, file.sizeBytes - sent)))) return
  }
  response.end()
}
