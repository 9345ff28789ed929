import type { NamedStack, TemplateFormat, TemplateWords } from '../../plugin/template-format.js'
import { cfnFunctions } from '../functions/cfn.js'
import { arnOf } from '../parameters/arn.js'
import { cfnParameter } from '../parameters/cfn-schema.js'

const wordsOf = (conditions: boolean): TemplateWords => ({
  sections: {
    description: 'Description',
    parameters: 'Parameters',
    groups: undefined,
    mappings: 'Mappings',
    conditions: conditions ? 'Conditions' : undefined,
    resources: 'Resources',
    outputs: 'Outputs',
  },
  resource: {
    type: 'Type',
    properties: 'Properties',
    metadata: 'Metadata',
    dependsOn: 'DependsOn',
    deletionPolicy: 'DeletionPolicy',
    updatePolicy: 'UpdatePolicy',
    description: 'Description',
    condition: conditions ? 'Condition' : undefined,
    externalId: undefined,
  },
  output: { value: 'Value', description: 'Description', condition: conditions ? 'Condition' : undefined },
  parameterType: 'Type',
  resourcesMap: 'Resources must contain Resource.',
  lenient: true,
})

/** Heat knows no regions of AWS, and gives each stack this one. */
const region = 'ap-southeast-1'

const pseudoParameters = (stack: NamedStack): ReadonlyMap<string, string> =>
  new Map([
    ['AWS::StackId', arnOf(stack)],
    ['AWS::StackName', stack.name],
    ['AWS::Region', region],
  ])

function formatOf(key: string, name: string, conditions: boolean): TemplateFormat {
  return {
    key,
    type: 'cfn',
    versions: [
      {
        name,
        aliases: [],
        words: wordsOf(conditions),
        like: '2013-05-23',
        functions: cfnFunctions(conditions),
        functionPrefix: 'Fn::',
        parameter: cfnParameter,
        pseudoParameters,
      },
    ],
  }
}

/** CloudFormation's templates as Heat reads them (heat/engine/cfn), with conditions. */
export const aws = formatOf('AWSTemplateFormatVersion', '2010-09-09', true)
/** The same under Heat's own key, without conditions. */
export const heatCfn = formatOf('HeatTemplateFormatVersion', '2012-12-12', false)
