import { expect } from 'chai'
import { processorMs } from '../../kit.test.js'
import * as fc from 'fast-check'
import type { JsonMap } from '../../plugin/json.js'
import { globs } from '../values/glob.js'
import { refused } from '../kit.test.js'
import { ResourceRegistry } from './resource-registry.js'

const builtIn = ['A::B', 'A::C', 'X::B', 'X::None']
const isType = (name: string): boolean => builtIn.includes(name)
const meaning = (section: JsonMap, type: string, resource = 'web') =>
  new ResourceRegistry(section).meaningOf(type, resource, isType)
const named = (name: string) => ({ kind: 'type', name })
const nothing = (...tried: string[]) => ({ kind: 'nothing', tried })

describe('A resource registry', () => {
  it('leaves types alone that it says nothing of', () => {
    expect(meaning({}, 'A::B')).to.deep.equal(named('A::B'))
    expect(meaning({}, 'No::Such')).to.deep.equal(nothing())
    expect(meaning({ base_url: 'file:///x/' }, 'A::B')).to.deep.equal(named('A::B'))
  })

  it('follows aliases, one after the other', () => {
    expect(meaning({ My: 'Mine', Mine: 'A::C' }, 'My')).to.deep.equal(named('A::C'))
    expect(meaning({ My: 'Nowhere' }, 'My')).to.deep.equal(nothing('Nowhere'))
    expect(meaning({ 'My::*': 'X::*' }, 'My::C')).to.deep.equal(nothing('X::C'))
    expect(meaning({ 'A::B': 'Nowhere' }, 'A::B')).to.deep.equal(named('A::B'))
  })

  it('carries the rest of a name over a wildcard, or maps many to one', () => {
    expect(meaning({ 'Y::*': 'X::*' }, 'Y::B')).to.deep.equal(named('X::B'))
    expect(meaning({ 'A::*': 'X::None' }, 'A::C')).to.deep.equal(named('X::None'))
    expect(meaning({ 'X::*': 'X::None' }, 'X::None')).to.deep.equal(named('X::None'))
  })

  it('prefers a wildcard to the name, as Heat does, and an entry of the resource to both', () => {
    const both = { 'A::*': 'X::None', 'A::B': 'A::C' }
    expect(meaning(both, 'A::B')).to.deep.equal(named('X::None'))
    expect(meaning({ ...both, resources: { web: { 'A::B': 'X::B' } } }, 'A::B')).to.deep.equal(named('X::B'))
    expect(meaning({ ...both, resources: { other: { 'A::B': 'X::B' } } }, 'A::B')).to.deep.equal(named('X::None'))
  })

  it('knows template files, and which entry led to one', () => {
    expect(meaning({}, 'web.yaml')).to.deep.equal({ kind: 'template', file: 'web.yaml' })
    expect(meaning({ My: 'Mine', Mine: 'a/b.template' }, 'My')).to.deep.equal({
      kind: 'template',
      file: 'a/b.template',
      entry: 'My',
    })
    expect(meaning({ My: 'web.json' }, 'My')).to.deep.equal(nothing('web.json'))
  })

  it('takes entries away by null', () => {
    expect(meaning({ 'A::B': 'A::C', 'A::*': null }, 'A::B')).to.deep.equal(named('A::B'))
    expect(meaning({ My: null }, 'My')).to.deep.equal(nothing())
  })

  it('refuses entries that lead in a circle', () => {
    expect(refused(() => meaning({ a: 'b', b: 'a' }, 'a'))).to.equal(
      'environment.resource_registry.a: The entries lead in a circle: a -> b -> a',
    )
    expect(refused(() => meaning({ a: 'a' }, 'a'))).to.contain('a -> a')
  })

  it('says where resources stop, by patterns of names', () => {
    const registry = new ResourceRegistry({
      resources: {
        'w*': { hooks: 'pre-create' },
        web: { hooks: ['post-update', 'pre-create'], restricted_actions: 'replace' },
        '[a-c]?': { restricted_actions: ['replace', 'update'] },
      },
    })
    expect(registry.hooksOf('web')).to.deep.equal(['pre-create', 'post-update'])
    expect(registry.hooksOf('wx')).to.deep.equal(['pre-create'])
    expect(registry.hooksOf('Web')).to.deep.equal([])
    expect(registry.restrictedActionsOf('web')).to.deep.equal(['replace'])
    expect(registry.restrictedActionsOf('b1')).to.deep.equal(['update', 'replace'])
    expect(registry.restrictedActionsOf('d1')).to.deep.equal([])
  })

  it('refuses hooks and actions that there are not, at any depth', () => {
    const refusal = (resources: JsonMap) => refused(() => new ResourceRegistry({ resources }))
    expect(refusal({ a: { hooks: 'pre-crate' } })).to.equal(
      'InvalidBreakPointHook: Invalid hook type "pre-crate" for resource breakpoint, acceptable hook types are: ' +
        "('pre-create', 'pre-update', 'pre-delete', 'post-create', 'post-update', 'post-delete') (did you mean pre-create?)",
    )
    expect(refusal({ a: { b: { restricted_actions: ['delete'] } } })).to.equal(
      'InvalidRestrictedAction: Invalid restricted_action type "delete" for resource, acceptable restricted_action ' +
        "types are: ('update', 'replace')",
    )
    expect(refusal({ a: 'x' })).to.contain('environment.resource_registry.resources.a: expected a map')
    expect(refusal({ a: { 'A::B': 5 } })).to.contain('environment.resource_registry.resources.a.A::B: expected')
    expect(refused(() => new ResourceRegistry({ 'A::B': ['x'] }))).to.contain('environment.resource_registry.A::B: ')
  })

  it('is handed to the stack inside a resource without what led there, with the entries of that resource', () => {
    const registry = new ResourceRegistry({
      My: 'my.yaml',
      'A::*': 'X::*',
      resources: {
        '*': { hooks: 'pre-update', inner: { hooks: 'pre-create' }, other: { hooks: 'pre-delete' } },
        outer: { My: 'A::B', inner: { hooks: 'post-create' } },
        else: { inner: { hooks: 'pre-update' } },
      },
    })
    expect(registry.inside('outer', { entry: 'My' })).to.deep.equal({
      'A::*': 'X::*',
      resources: { inner: { hooks: 'post-create' }, other: { hooks: 'pre-delete' } },
    })
    expect(registry.inside('outer')).to.have.property('My', 'my.yaml')
  })

  it('has safe names', () => {
    expect(meaning({ resources: JSON.parse('{"__proto__": {"hooks": "pre-create"}}') }, 'A::B')).to.deep.equal(
      named('A::B'),
    )
    expect(meaning({}, 'constructor', '__proto__')).to.deep.equal(nothing())
  })
})

describe('A pattern', () => {
  it('matches as the shell has it', () => {
    for (const [pattern, name] of [
      ['*', ''],
      ['a*c', 'abbc'],
      ['a?c', 'abc'],
      ['[!a]x', 'bx'],
      ['[]]', ']'],
      ['[a', '[a'],
      ['[a-]', '-'],
      ['**a**', 'xa'],
    ] as const)
      expect(globs(pattern, name), `${pattern} and ${name}`).to.equal(true)
    for (const [pattern, name] of [
      ['a', 'ab'],
      ['a?c', 'ac'],
      ['[!a]x', 'ax'],
      ['[a-c]', 'd'],
      ['A', 'a'],
    ] as const)
      expect(globs(pattern, name), `${pattern} and ${name}`).to.equal(false)
  })

  it('without special characters matches itself alone, and never takes long', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, name) => {
        const plain = pattern.replace(/[*?[]/g, '')
        expect(globs(plain, name)).to.equal(plain === name)
      }),
    )
    expect(processorMs(() => globs('*a'.repeat(200), 'a'.repeat(255)))).to.be.below(500)
  })
})
