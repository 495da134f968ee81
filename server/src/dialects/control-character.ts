/** Escaped ASCII and Latin-1 control characters; Node's parser refuses unescaped ones. */
const escapedControl = /%(?:[01][0-9a-f]|7f|c2%[89][0-9a-f])/i

/** Whether a path has a control character, escaped once or several times. */
export const hasControlCharacter = (path: string): boolean =>
  path.includes('%') && escapedControl.test(path.replaceAll(/%(?:25)+/g, '%'))
