import type { Asked } from '../context.js'

/** 202: the operation goes on behind. Clients ignore the body. */
export const accepted = ({ h }: Pick<Asked, 'h'>) =>
  h.response({ message: 'The request is accepted for processing.', code: '202 Accepted', title: 'Accepted' }).code(202)
