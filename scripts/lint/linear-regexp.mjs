import { analyse } from 'scslre'

/**
 * Refuses regular expressions whose time can grow faster than the text, which scslre finds. It repeats single characters only: what takes
 * repeated words (`<script[^]*?<\/script>`) is found by server/test/linear-time.test.ts. Tests and scripts read no foreign text.
 */
const linearRegexp = {
  create: (context) => ({
    Literal(node) {
      if (!node.regex) return
      const { pattern, flags } = node.regex
      const [report] = analyse({ source: pattern, flags }, { maxReports: 1 }).reports
      if (report === undefined) return
      const growth = report.exponential ? 'exponentially' : 'with the square of its length'
      const message = `Repeated ${report.character.literal.source} costs time that grows ${growth}. Anchor or bound the expression, or scan.`
      context.report({ node, message })
    },
    NewExpression(node) {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return
      context.report({
        node,
        message:
          'A built expression is not checked. Write it as a literal, or say why it is linear.',
      })
    },
  }),
}

export default { meta: { name: 'gateway' }, rules: { 'linear-regexp': linearRegexp } }
