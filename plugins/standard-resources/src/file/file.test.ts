import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { contextOf, doneOf, failureOf, surroundings } from '../testing/context.js'
import { file } from './file.js'
import { root, shareRoot } from './options.js'

describe('Hearth::File::File', () => {
  let folder: string
  /** Beside it, where no file is to be. */
  let outside: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'file-'))
    outside = mkdtempSync(join(tmpdir(), 'outside-'))
  })
  afterEach(() => {
    for (const one of [folder, outside]) rmSync(one, { recursive: true, force: true })
  })

  const type = (share = true) =>
    file(
      surroundings([
        [root, folder],
        [shareRoot, share],
      ]),
    )
  const properties = { path: 'x', content: 'ours', encoding: 'utf-8', mode: '0644' }
  const at = (name: string): string => join(folder, name)

  it('is refused, with the name of the option, where there is no root', async () => {
    const off = file(surroundings())
    expect(await failureOf(() => off.validate?.(properties, { name: 'a', timeoutSeconds: 1 }))).to.include(
      '[file] root',
    )
    expect(await failureOf(() => off.create(contextOf(properties)))).to.include('[file] root')
  })

  it('says that the root is not there', async () => {
    rmSync(folder, { recursive: true })
    expect(await failureOf(() => type().create(contextOf(properties)))).to.include('[file] root names is not there')
  })

  it('is gone again if the step turns out to be with somebody else', async () => {
    const step = contextOf(properties)
    const { setPhysicalId } = step
    step.setPhysicalId = async id => {
      if (id === 'x') throw new Error('the lease is with another worker')
      return setPhysicalId(id)
    }
    expect(await failureOf(() => type().create(step))).to.include('with another worker')
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('is refused if it is not Base64 as it says', async () => {
    const wrong = { ...properties, encoding: 'base64', content: 'a?' }
    expect(await failureOf(() => type().validate?.(wrong, { name: 'a', timeoutSeconds: 1 }))).to.include(
      'expected Base64',
    )
  })

  it("lies in its project's folder, unless the root is shared", async () => {
    await type(false).create(contextOf(properties))
    expect(readFileSync(at('demo/x'), 'utf8')).to.equal('ours')
  })

  it('of another project is neither changed nor removed nor looked at, whatever its id says', async () => {
    mkdirSync(at('victim'))
    writeFileSync(at('victim/x'), 'theirs')
    const own = type(false)
    for (const physicalId of ['victim/x', 'victim/x.hearth-r']) {
      const context = contextOf(properties, { physicalId })
      for (const step of [own.update, own.delete, own.check, own.adopt])
        expect(await failureOf(() => step?.(context))).to.include('not of this project')
    }
    expect(readFileSync(at('victim/x'), 'utf8')).to.equal('theirs')
    expect(readdirSync(at('victim'))).to.deep.equal(['x'])
  })

  it('is found as it is wanted if its Base64 means the same, and as it is if not', async () => {
    const wanted = { ...properties, encoding: 'base64', content: 'AAEC\nAwQF\n' }
    const step = contextOf(wanted)
    const { physicalId } = doneOf(await type().create(step))
    const stored = { ...step, name: 'a', type: 'T', physicalId: physicalId as string, attributes: {} }
    const seen = () => type().observe?.({ ...stored, action: 'CREATE', status: 'COMPLETE' }, step.signal, step.stack)
    expect(await seen()).to.deep.equal({ content: wanted.content, mode: '0644' })
    writeFileSync(at('x'), Buffer.of(0, 1))
    expect(await seen()).to.deep.equal({ content: 'AAE=', mode: '0644' })
  })

  it('needs the folders that lead to it', async () => {
    expect(await failureOf(() => type().create(contextOf({ ...properties, path: 'no/x' })))).to.include(
      'no/x: one of the folders that lead to it is not there',
    )
  })

  describe('that broke off while it was made', () => {
    /** Called again, with the id that the call before has left. */
    const again = (physicalId: string) => type().create(contextOf(properties, { physicalId }))
    const remove = (physicalId: string) => type().delete?.(contextOf(properties, { physicalId }))
    const draft = 'x.hearth-r'

    it('before anything was written is made', async () => {
      await again(draft)
      expect(readdirSync(folder)).to.deep.equal(['x'])
    })

    it('half written beside its place is made whole', async () => {
      writeFileSync(at(draft), 'ou')
      await again(draft)
      expect(readFileSync(at('x'), 'utf8')).to.equal('ours')
      expect(readdirSync(folder)).to.deep.equal(['x'])
    })

    it('when it had its name already is finished, or removed', async () => {
      for (const end of [again, remove]) {
        writeFileSync(at(draft), 'ours')
        linkSync(at(draft), at('x'))
        await end(draft)
        expect(readdirSync(folder)).to.deep.equal(end === again ? ['x'] : [])
        rmSync(at('x'), { force: true })
      }
    })

    it('after somebody else had taken its name is neither made nor is theirs removed', async () => {
      writeFileSync(at(draft), 'ours')
      writeFileSync(at('x'), 'theirs')
      expect(await failureOf(() => again(draft))).to.include('something of that name is there already')
      await remove(draft)
      expect(readFileSync(at('x'), 'utf8')).to.equal('theirs')
      expect(readdirSync(folder)).to.deep.equal(['x'])
    })
  })

  it('lies in no other folder, whoever puts a link in the place of its own meanwhile', async () => {
    mkdirSync(at('real'))
    symlinkSync(outside, at('link'))
    renameSync(at('real'), at('sub'))
    let isLink = false
    const swap = (): void => {
      renameSync(at('sub'), at(isLink ? 'link' : 'real'))
      renameSync(at(isLink ? 'real' : 'link'), at('sub'))
      isLink = !isLink
    }
    const swapping = setInterval(swap, 0)
    try {
      const made = await Promise.allSettled(
        Array.from({ length: 300 }, (_, count) => {
          const step = contextOf({ ...properties, path: `sub/${count}` })
          return type().create({ ...step, resource: { ...step.resource, id: `r${count}` }, physicalId: null })
        }),
      )
      for (const one of made.filter(({ status }) => status === 'rejected'))
        expect((one as PromiseRejectedResult).reason.message).to.match(
          /leads out of the root|is not there|there is no file/,
        )
    } finally {
      clearInterval(swapping)
    }
    expect(readdirSync(outside)).to.deep.equal([])
  })

  it('is another file after an update: what else had its bytes keeps them', async () => {
    const step = contextOf(properties)
    await type().create(step)
    linkSync(at('x'), at('other'))
    await type().update?.(contextOf({ ...properties, content: 'new' }, { physicalId: 'x' }))
    expect([readFileSync(at('x'), 'utf8'), readFileSync(at('other'), 'utf8')]).to.deep.equal(['new', 'ours'])
  })

  it('in whose place there is a folder now is left alone by a delete, and not overwritten', async () => {
    mkdirSync(at('x'))
    const other = contextOf(properties, { physicalId: 'x' })
    expect(await failureOf(() => type().update?.(other))).to.include('x: ')
    await type().delete?.(other)
    expect(readdirSync(folder)).to.deep.equal(['x'])
  })
})
