/** Whatever JSON can say. Properties, attributes, cursors and data are made of it. */
export type Json = null | boolean | number | string | Json[] | JsonMap
/** A JSON object. */
export type JsonMap = { [key: string]: Json }
