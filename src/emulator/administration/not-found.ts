import { Refusal } from '../envelope.ts';

/** What is answered where a call names something that is not there. */
export function notFound(): Refusal {
  return new Refusal(null, 'The requested data or its dependent data was not found in the service.');
}
