import type { HotVersion } from '../../plugin/template-format.js'

/** The versions of HOT in their order; features are told apart by comparing dates. */
export const dates: readonly HotVersion[] = [
  '2013-05-23',
  '2014-10-16',
  '2015-04-30',
  '2015-10-15',
  '2016-04-08',
  '2016-10-14',
  '2017-02-24',
  '2017-09-01',
  '2018-03-02',
  '2018-08-31',
  '2021-04-16',
]
