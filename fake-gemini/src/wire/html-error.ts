/** An error of Google's front end, which does not answer in JSON. */
export function htmlError(status: number, title: string): { contentType: string; body: string } {
  return {
    contentType: 'text/html; charset=UTF-8',
    body: `<!DOCTYPE html>\n<html lang=en>\n  <meta charset=utf-8>\n  <title>Error ${status} (${title})!!1</title>\n  <p><b>${status}.</b> <ins>That’s an error.</ins>\n  <p>${title}. <ins>That’s all we know.</ins>\n`,
  }
}
