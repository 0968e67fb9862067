// Answers each line of standard input, one simulation in JSON, with one line of JSON: what the outside simulator decides.
import { createInterface } from 'node:readline'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '123456789012'

async function decide(line) {
  const { policies, boundary, action, resource, context } = JSON.parse(line)
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/application`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context
      },
      identityPolicies: policies.map((policy, i) => ({ name: `p${i}`, policy })),
      permissionBoundaryPolicies: boundary ? [{ name: 'boundary', policy: boundary }] : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: []
    },
    { simulationMode: 'Strict' }
  )
  if (answer.resultType === 'error') {
    return { error: JSON.stringify(answer.errors) }
  }
  // A key that the simulator drops would be absent for it and present for us.
  const ignored = answer.result?.ignoredContextKeys ?? answer.results?.flatMap((result) => result.ignoredContextKeys) ?? []
  return ignored.length > 0 ? { error: `ignored ${ignored}` } : { decision: answer.overallResult }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = await decide(line)
  } catch (problem) {
    answer = { error: String(problem) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
