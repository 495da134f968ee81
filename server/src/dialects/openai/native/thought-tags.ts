/** Where in an answer of Google's OpenAI endpoint a stream stands: thoughts come inside `<thought>` tags of the content. */
export type TagState = {
  readonly isThought: boolean
  /** Only the beginning of an answer can open a thought; later the tag is a word like any other. */
  readonly mayOpen: boolean
  /** What may be the beginning of a tag. */
  readonly pending: string
}

export type SplitText = { readonly content: string; readonly reasoning: string }

export const freshTags: TagState = { isThought: false, mayOpen: true, pending: '' }

const open = '<thought>'
const close = '</thought>'

/** Takes the next piece of content, cut anywhere; says what of it is thought and what is said. */
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

/** What is held at the end was no tag. */
export function endTags({ isThought, pending }: TagState): SplitText {
  return isThought ? { content: '', reasoning: pending } : { content: pending, reasoning: '' }
}

/** How many of the last characters may be the beginning of the closing tag. */
function partialTag(text: string): number {
  for (let length = Math.min(close.length - 1, text.length); length > 0; length -= 1) {
    if (close.startsWith(text.slice(-length))) return length
  }
  return 0
}
