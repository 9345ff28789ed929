import { gives, refuses } from '../kit.test.js'

describe('YAQL: dates', () => {
  gives([
    ['let(datetime(2015, 9, 29)) -> [$.year, $.month, $.day, $.hour]', [2015, 9, 29, 0]],
    ['datetime(2006, 11, 21, 16, 30, 2, 123).microsecond', 123],
    ['datetime(year => 2015, month => 8, day => 29, offset => timespan(hours => 3)).utc.hour', 21],
    ['datetime(1164126600).format("%Y-%m-%d %H:%M:%S")', '2006-11-21 16:30:00'],
    ['let(datetime(1.5)) -> [$.second, $.microsecond]', [1, 500_000]],
    ['str(datetime("2015-8-29"))', '2015-08-29 00:00:00+00:00'],
    ['str(datetime("2008-09-03T20:56:35.450686"))', '2008-09-03 20:56:35.450686+00:00'],
    ['str(datetime("2008-09-03 20:56:35.45Z"))', '2008-09-03 20:56:35.450000+00:00'],
    ['str(datetime("20080903"))', '2008-09-03 00:00:00+00:00'],
    ['datetime("2008-09-03T20:56:35+03:00").offset.hours', 3],
    [
      'datetime("Tuesday, 21. November 2006 04:30PM", "%A, %d. %B %Y %I:%M%p").format("%c")',
      'Tue Nov 21 16:30:00 2006',
    ],
    ['str(datetime("29.8?2015", "%d.%m?%Y"))', '2015-08-29 00:00:00+00:00'],
    ['str(datetime("060/2024", "%j/%Y"))', '2024-02-29 00:00:00+00:00'],
    ['str(datetime("12:00AM -0330", "%I:%M%p %z"))', '1900-01-01 00:00:00-03:30'],
    [
      'datetime(2024, 12, 31).format("%j %U %W %w %a %b %y %p %I %% %F %T %Z %z")',
      '366 52 53 2 Tue Dec 24 AM 12 % 2024-12-31 00:00:00 UTC +0000',
    ],
    ['datetime(2006, 11, 21, 16, 30).timestamp', 1_164_126_600],
    ['[datetime(2006, 11, 21).weekday, datetime(1, 1, 1).weekday, datetime(1969, 12, 28).weekday]', [1, 0, 6]],
    [
      'let(datetime(2006, 11, 21, 16, 30)) -> [$.time.hours, str($.date), $.date + $.time = $]',
      [16.5, '2006-11-21 00:00:00+00:00', true],
    ],
    ['str(datetime(2015, 9, 29).replace(year => 2014, minute => 40))', '2014-09-29 00:40:00+00:00'],
    ['datetime(2020, 1, 1, offset => timespan(hours => 1)) = datetime(2019, 12, 31, 23)', true],
    ['datetime(2020, 2, 28) + timespan(days => 2) = datetime(2020, 3, 1)', true],
    ['timespan(days => 2) + datetime(2020, 2, 28) - timespan(days => 2) = datetime(2020, 2, 28)', true],
    ['(datetime(2020, 3, 1) - datetime(2019, 3, 1)).days', 366],
    ['datetime(2011, 11, 11) > datetime(2010, 10, 10) and datetime(2011, 1, 1) >= datetime(2011, 1, 1)', true],
    ['datetime(2011, 11, 11) < datetime(2010, 10, 10) or datetime(2012, 1, 1) <= datetime(2011, 1, 1)', false],
    ['$.orderBy(datetime($)).first()', '2019-12-01', ['2020-01-01', '2019-12-01']],
    [
      '[isDatetime(datetime(2020, 1, 1)), isDatetime(timespan()), isTimespan(timespan()), isTimespan(1)]',
      [true, false, true, false],
    ],
  ])
  refuses([
    ['datetime(2015, 2, 29)', 'day is out of range for month'],
    ['datetime(0, 1, 1)', 'year must be in 1..9999, not 0'],
    ['datetime(2015, 1, 1, 24)', 'hour must be in 0..23, not 24'],
    ['datetime(9999, 12, 31) + timespan(days => 1)', 'The date is beyond the years 1 to 9999'],
    ['datetime(2015, 1, 1, offset => timespan(days => 1))', 'The offset from UTC must be less than a day'],
    [
      'datetime(tomorrow)',
      "datetime(): 'tomorrow' is no date of ISO 8601, as 2026-03-01T12:00:00Z; others are read by a format",
    ],
    ['datetime("2015", "%Y-%m")', "datetime(): '2015' is not of the form '%Y-%m'"],
    ['datetime("1 1", "%d %d")', 'datetime(): %d stands twice in the format'],
    ['datetime("1", "%U")', 'datetime(): %U can be written, and not read'],
    [
      'datetime(2015, 1, 1).format("%Q")',
      '%Q is no code of a date; expected one of %Y %m %d %H %M %S %f %y %I %p %j %A %a %B %b %w %U %W %z %Z %% %c %x %X %D %T %F',
    ],
    [
      'datetime(2015, 1, 1).century',
      "A datetime has no 'century'; expected year, month, day, hour, minute, second, microsecond, weekday, date, time, utc, offset, timestamp",
    ],
    ['datetime(2015, 1, 1)', 'A datetime cannot be the result; make it a text with format()'],
  ])
})

describe('YAQL: timespans', () => {
  gives([
    ['timespan(days => 1, hours => 2, minutes => 3).hours', 26.05],
    [
      'let(timespan(seconds => 90)) -> [$.days * 1440, $.hours * 60, $.minutes, $.seconds, $.milliseconds, $.microseconds]',
      [1.5, 1.5, 1.5, 90, 90_000, 90_000_000],
    ],
    ['str(timespan(days => 1, seconds => 7384, microseconds => 6))', '1 day, 2:03:04.000006'],
    ['str(timespan(milliseconds => -1))', '-1 day, 23:59:59.999000'],
    ['(timespan(days => 1) + timespan(hours => 12) - timespan(hours => 6)).hours', 30],
    ['[(timespan(hours => 24) * 2).days, (0.5 * timespan(hours => 24)).hours]', [2, 12]],
    ['[timespan(hours => 24) / timespan(hours => 12), (timespan(hours => 24) / 2).hours]', [2, 12]],
    ['[(-timespan(hours => 1)).hours, (+timespan(hours => 1)).hours]', [-1, 1]],
    ['timespan(hours => 24) >= timespan(days => 1) and timespan(hours => 23) < timespan(days => 1)', true],
    ['timespan(hours => 24) > timespan(days => 1) or timespan(hours => 25) <= timespan(days => 1)', false],
    ['timespan(hours => 24) = timespan(days => 1) and bool(timespan(1)) and not timespan()', true],
    ['[timespan(hours => 1), timespan(hours => 2)].sum().hours', 3],
    ['utctz().hours', 0],
  ])
  refuses([
    ['timespan(days => 1000000000)', 'The timespan is beyond ±999999999 days'],
    ['timespan(days => 1) / 0', 'division by zero'],
    [
      'timespan(days => 1).weeks',
      "A timespan has no 'weeks'; expected days, hours, minutes, seconds, milliseconds, microseconds",
    ],
    ['timespan(days => 1)', 'A timespan cannot be the result; ask for its seconds, for example'],
    ['range(200).aggregate($1 * 9007199254740991, timespan(days => 1))', 'The timespan is beyond ±999999999 days'],
  ])
})
