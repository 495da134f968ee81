import { endpoints } from '@gemini-balance/contract'
import type { Login } from '../../auth/admins/admin-access.ts'
import { readInput } from '../http/input.ts'
import { openSession, type LoginDeps } from '../http/login.ts'
import type { RawHandlers } from '../http/routes.ts'

/** The login form of the Python program, which answers with a redirect. */
export function compatLoginForm(deps: LoginDeps): Pick<RawHandlers, 'loginForm'> {
  return {
    async loginForm(call) {
      const { auth_token: token } = await readInput(call.request, endpoints.loginForm.input)
      return call.reply.redirect(pages[openSession(deps, call, token).kind], 302)
    },
  }
}

const pages: Readonly<Record<Login['kind'], string>> = {
  open: '/keys',
  'wrong-token': '/?login=wrong',
  'client-token': '/?login=wrong',
  throttled: '/?login=wait',
}
