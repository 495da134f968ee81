/** Parser state: Google's OpenAI endpoint sends thoughts inside `<thought>` tags of the content. */
export type TagState = {
  readonly isThought: boolean
  /** A tag opens a thought only at the beginning of an answer; later it is plain text. */
  readonly mayOpen: boolean
  /** Text that may be the beginning of a tag. */
  readonly pending: string
}

export type SplitText = { readonly content: string; readonly reasoning: string }

export const freshTags: TagState = { isThought: false, mayOpen: true, pending: '' }

const open = '<thought>'
const close = '</thought>'

/** Splits the next piece of content into thoughts and text. Pieces may be cut anywhere. */
export function stepTags(state: TagState, piece: string): [TagState, SplitText] {
  let { isThought, mayOpen } = state
  let rest = state.pending + piece
  let content = ''
  let reasoning = ''
  while (rest !== '') {
    if (isThought) {
      const end = rest.indexOf(close)
      const known = end === -1 ? rest.length - partialTag(rest) : end
      reasoning += rest.slice(0, known)
      if (end === -1)
        return [
          { isThought, mayOpen, pending: rest.slice(known) },
          { content, reasoning },
        ]
      rest = rest.slice(end + close.length)
      isThought = false
    } else if (mayOpen && open.startsWith(rest)) {
      if (rest !== open)
        return [
          { isThought, mayOpen, pending: rest },
          { content, reasoning },
        ]
      rest = ''
      isThought = true
    } else if (mayOpen && rest.startsWith(open)) {
      rest = rest.slice(open.length)
      isThought = true
    } else {
      content += rest
      mayOpen = false
      rest = ''
    }
  }
  return [
    { isThought, mayOpen, pending: '' },
    { content, reasoning },
  ]
}

/** Releases the pending text at the end of the answer. */
export function endTags({ isThought, pending }: TagState): SplitText {
  return isThought ? { content: '', reasoning: pending } : { content: pending, reasoning: '' }
}

/** Length of a possible beginning of the closing tag at the end of the text. */
function partialTag(text: string): number {
  for (let length = Math.min(close.length - 1, text.length); length > 0; length -= 1) {
    if (close.startsWith(text.slice(-length))) return length
  }
  return 0
}
