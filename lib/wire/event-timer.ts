// Reads the event of a timer trigger: {"triggerTime","triggerName","payload"} (Function Compute, time triggers).
import { EventError, type Fields, readTime } from './event-fields';
import { makeWakeup, type Wakeup } from './wakeup';

/** The run is named by the trigger's name and time. What the payload says is nothing to us. */
export function readTimer(body: Fields): Wakeup {
  const time = readTime(body['triggerTime'], 'triggerTime');
  const name = body['triggerName'];
  if (typeof name !== 'string' || name === '' || name.length > 128) throw new EventError('triggerName must be a text of 1 to 128 characters');
  return makeWakeup({ type: 'timer', id: name, time }, time);
}
