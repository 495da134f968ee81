import { expect, test } from 'vitest'
import { openAiModelList } from './models.ts'

test("the list has OpenAI's shape and the fields of the Python program", () => {
  expect(openAiModelList(['models/gemini-3.8-flash'], 7)).toEqual({
    object: 'list',
    success: true,
    data: [
      {
        id: 'gemini-3.8-flash',
        object: 'model',
        created: 7,
        owned_by: 'google',
        permission: [],
        root: 'models/gemini-3.8-flash',
        parent: null,
      },
    ],
  })
})
