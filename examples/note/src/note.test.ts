import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Daemon, templates } from '@hearth/conformance'
import { expect } from 'chai'

const plugins = '@hearth/legacy-engine,@hearth/convergence-engine,@hearth/heat-resources,hearth-note'

/** The type, through a stack of a real daemon. */
for (const engine of ['legacy', 'convergence']) {
  describe(`Acme::Disk::Note, on ${engine}`, () => {
    let daemon: Daemon
    let folder: string
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'note-'))
      daemon = await Daemon.start({ engine, options: { 'DEFAULT:plugins': plugins } })
    })
    after(async () => {
      await daemon?.remove()
      rmSync(folder, { recursive: true, force: true })
    })

    const holding = (properties: object) =>
      templates.template(
        { note: { type: 'Acme::Disk::Note', properties: { folder, ...properties } } },
        { path: { get_attr: ['note', 'path'] } },
      )

    it('is written, changed in place, replaced and removed', async () => {
      const stack = await daemon.api().create('notes', holding({ text: 'one' }))
      await stack.reaches('CREATE_COMPLETE')
      const { path } = await stack.outputs()
      expect(readFileSync(path, 'utf8')).to.equal('one')

      await stack.update(holding({ text: 'two' }))
      await stack.reaches('UPDATE_COMPLETE')
      expect(await stack.outputs()).to.deep.equal({ path })
      expect(readFileSync(path, 'utf8')).to.equal('two')

      const other = mkdtempSync(join(folder, 'other-'))
      await stack.update(holding({ folder: other, text: 'two' }))
      await stack.reaches('UPDATE_COMPLETE')
      expect(existsSync(path)).to.equal(false)
      expect(readdirSync(other)).to.have.length(1)

      await stack.delete()
      await stack.reaches('DELETE_COMPLETE')
      expect(readdirSync(other)).to.deep.equal([])
    })

    it('fails with a reason when there is no such folder', async () => {
      const stack = await daemon.api().create('nowhere', holding({ folder: '/no/such/folder' }))
      const { stack_status_reason } = await stack.reaches('CREATE_FAILED')
      expect(stack_status_reason).to.match(/ResourceFailure: resources\.note: cannot write \/no\/such\/folder/)
    })
  })
}
