import { expect } from 'chai'
import type { Json } from '../../plugin/json.js'
import { valued } from '../kit.test.js'
import { failure, gives, refuses } from './kit.test.js'

describe('repeat', () => {
  const repeat = (args: Json, options = {}) => valued({ repeat: args }, options)
  it('makes one copy per combination, the last variable fastest', () => {
    expect(repeat({ template: '%a%-%b%', for_each: { '%a%': ['1', '2'], '%b%': ['x', 'y'] } })).to.deep.equal([
      '1-x',
      '1-y',
      '2-x',
      '2-y',
    ])
  })
  it('replaces in keys and values, one variable after the other', () => {
    expect(repeat({ template: { $k: ['$k', 5, null] }, for_each: { $k: ['$v'], $v: ['z'] } })).to.deep.equal([
      { z: ['z', 5, null] },
    ])
  })
  it('zips, takes maps, and null as no list', () => {
    expect(repeat({ template: 'ab', for_each: { a: ['1', '2'], b: ['x', 'y'] }, permutations: false })).to.deep.equal([
      '1x',
      '2y',
    ])
    expect(repeat({ template: 'a', for_each: { a: { k1: 1, k2: 2 } } })).to.deep.equal(['k1', 'k2'])
    expect(repeat({ template: 'a', for_each: { a: { get_attr: ['other', 'x'] } } })).to.deep.equal([])
  })
  it('resolves its template first', () => {
    expect(repeat({ template: { get_param: ['map', 'k', 1] }, for_each: { x: ['y'] } })).to.deep.equal([{ deep: 'y' }])
  })
  it('refuses', () => {
    const why = (args: Json, options = {}) => failure({ repeat: args }, options)
    expect(why({ template: 'a', for_each: { a: [1] } })).to.contain('replace() argument 2 must be str, not int')
    expect(why({ template: 'a', for_each: { a: 'x' } })).to.contain(
      'The values of the "for_each" argument to "repeat" must be lists or maps',
    )
    expect(why({ template: 'a', for_each: { a: {} } }, { version: '2015-04-30' })).to.match(
      /must be lists \(a map came with heat_template_version 2016-10-14\)$/,
    )
    expect(why({ template: 'a', for_each: ['x'] })).to.contain('The "for_each" argument to "repeat" must contain a map')
    expect(why([1])).to.contain('Arguments to "repeat" must be a map')
    expect(why({ template: 'a' })).to.contain(
      `'"repeat" syntax should be repeat:\\n              template: This is %var%`,
    )
    // Told once, however deep it stands.
    const inside = { template: [{ get_param: '%x%' }], for_each: { '%x%': ['no'] } }
    expect(why(inside)).to.equal(
      `Property error: resources.one.properties.value: The Parameter (%x%) was not provided.`,
    )
    expect(why({ template: 'a', for_each: {} })).to.contain('not enough values to unpack (expected 2, got 0)')
    expect(why({ template: 'a', for_each: { a: ['b'] }, permutations: 'no' })).to.contain(
      '"permutations" should be boolean type for repeat function.',
    )
    expect(why({ template: 'a', for_each: { a: ['1'], b: ['1', '2'] }, permutations: false })).to.contain(
      'For repeat, the length of for_each values should be equal if no nested loop.',
    )
  })
  it('bounds what it makes', () => {
    const many = Array.from({ length: 100 }, (_, i) => `v${i}`)
    expect(
      failure({ repeat: { template: 'abcde', for_each: { a: many, b: many, c: many, d: many, e: many } } }),
    ).to.contain('makes the value too large')
    const doubling = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`<${i}>`, [`<${i + 1}><${i + 1}>`]]))
    expect(failure({ repeat: { template: '<0>', for_each: doubling } })).to.contain('makes the value too large')
  })
})

describe('what repeat goes through', () => {
  gives('repeat', [
    [{ template: '%a%', for_each: { '%a%': null } }, []],
    [{ template: 'x', for_each: { '%a%': ['1'], '%b%': null } }, []],
    [{ template: '%a%', for_each: { '%a%': [] } }, []],
    [
      { template: { '%a%': 1, 'x%a%': [true, null, '%a%%a%'] }, for_each: { '%a%': ['q'] } },
      [{ q: 1, xq: [true, null, 'qq'] }],
    ],
    [{ template: '%a%%b%', for_each: { '%a%': ['1', '2'], '%b%': { x: 1, y: 2 } } }, ['1x', '1y', '2x', '2y']],
    [
      { template: '%a%%b%', for_each: { '%a%': ['1', '2'], '%b%': ['3', '4'] }, permutations: true },
      ['13', '14', '23', '24'],
    ],
    [{ template: 'a', for_each: { a: { get_param: 'list' } }, extra: 1 }, ['a', 'b', 'c']],
    [{ template: null, for_each: { a: ['b'] } }, [null]],
    [
      {
        template: { repeat: { template: '%a%-%b%', for_each: { '%b%': ['1', '2'] } } },
        for_each: { '%a%': ['x', 'y'] },
      },
      [
        ['x-1', 'x-2'],
        ['y-1', 'y-2'],
      ],
    ],
  ])
  refuses('repeat', [
    [{ template: '%a%', for_each: { '%a%': [null] } }, 'replace() argument 2 must be str, not NoneType'],
    [{ template: '%a%', for_each: { '%a%': [{ x: 1 }] } }, 'replace() argument 2 must be str, not dict'],
    [
      { template: 'a', for_each: { a: ['b'] }, permutations: null },
      '"permutations" should be boolean type for repeat function.',
    ],
    [
      { template: 'a', for_each: { a: ['b'] }, permutations: { get_param: 'yes' } },
      '"permutations" should be boolean type for repeat function.',
    ],
    [
      { template: 'ab', for_each: { a: ['1'], b: { x: 1 } }, permutations: false },
      'The values of the "for_each" argument to "repeat" must be lists',
    ],
    [{ template: 'a', for_each: null }, 'The "for_each" argument to "repeat" must contain a map'],
  ])
  const older = { template: '%a%%b%', for_each: { '%a%': ['1', '2'], '%b%': ['x', 'y'] }, permutations: false }
  for (const version of ['2015-04-30', '2016-10-14', '2017-02-24']) {
    describe(`in ${version}, which has no permutations`, () => {
      gives('repeat', [[older, ['1x', '1y', '2x', '2y']]], { version })
    })
  }
  gives('repeat', [[older, ['1x', '2y']]], { version: '2017-09-01' })
})
