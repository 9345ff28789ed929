import { gives, refuses } from './kit.test.js'

describe('make_url', () => {
  gives('make_url', [
    [
      {
        scheme: 'http',
        username: 'a b',
        password: 'p:/',
        host: '::1',
        port: '80',
        path: 'x y',
        query: { q: 'a b', t: true },
        fragment: 'f',
      },
      'http://a%20b:p%3A%2F@[::1]:80/x%20y?q=a+b&t=True#f',
    ],
    [{}, ''],
    [{ host: 'h' }, '//h'],
    [{ scheme: null, host: 'h' }, '//h'],
    [{ scheme: 'http', host: '[::1]' }, 'http://[::1]'],
    [{ scheme: 'http', host: 'h', path: 'a' }, 'http://h/a'],
    [{ scheme: 'http', host: 'h', path: '/a' }, 'http://h/a'],
    [{ path: 'a b/%c' }, 'a%20b/%25c'],
    [{ path: '\u00fc' }, '%C3%BC'],
    [{ host: 'a/b' }, '//a%2Fb'],
    [{ host: 'h', username: 'u' }, '//u@h'],
    [{ host: 'h', password: 'p' }, '//:p@h'],
    [{ host: 'h', port: 65535 }, '//h:65535'],
    [{ scheme: 'file', path: '/etc' }, 'file:///etc'],
    [{ scheme: 'file', path: 'etc' }, 'file:///etc'],
    [{ scheme: 'file', path: '//etc' }, 'file://etc'],
    [{ scheme: 'HTTP', path: '/etc' }, 'http:///etc'],
    [{ scheme: 'mailto', path: 'a@b' }, 'mailto:a%40b'],
    [{ scheme: 'zz', path: '/x' }, 'zz:/x'],
    [{ query: {} }, ''],
    [{ query: { a: null, b: true, c: 1.5, 'd e': '/?&=' } }, '?a=None&b=True&c=1.5&d+e=/%3F%26%3D'],
    [{ query: { a: ['x', 'y'] } }, '?a=%5B%27x%27%2C+%27y%27%5D'],
    [{ fragment: 'a/b#c' }, '#a/b%23c'],
    [{ scheme: 'http', host: 'h', path: { get_attr: ['other', 'x'] } }, 'http://h'],
  ])
  refuses('make_url', [
    [{ port: 70000 }, 'Invalid URL port 70000, must be in range 1-65535'],
    [{ host: 'h', port: '0' }, 'Invalid URL port 0, must be in range 1-65535'],
    [{ host: 'h', port: '80a' }, `Invalid URL port "80a" for make_url called with {'host': 'h', 'port': '80a'}`],
    [{ scheme: 'a:' }, `URL "scheme" should not contain ':'`],
    [{ scheme: 5 }, 'The "scheme" argument to "make_url" must be a string'],
    [{ query: 'a=1' }, 'The "query" argument to "make_url" must be a map'],
    [{ colour: 'x' }, 'Invalid arguments to "make_url": colour'],
    ['x', 'The arguments to "make_url" must be a map'],
  ])
})
