import { make, readFirstState } from '../dom.ts';

const { url } = readFirstState() as { readonly url: string };
document
  .getElementById('app')
  ?.append(make('main', { class: 'wide' }, make('h1', {}, `The tenant at ${url}`)));
