import { isObject } from '../../text/json.ts';
import { type Api, type JsonObject, type ParameterPlace, parameter, requireText } from '../api.ts';
import type { Assumptions } from '../assumptions.ts';
import { Refusal } from '../envelope.ts';
import { absent } from './absent.ts';
import type { ApplicationStore } from './application-store.ts';
import { describeApplication, type StoredApplication, serviceNameOf } from './stored-application.ts';

const either: readonly ParameterPlace[] = ['query', 'json'];

/** The template of an OAuth2 Client. */
const template = 'OAuth2ServerClient';

/** Members of a call that name the application but are not part of it. */
const keyNames = ['id', '_rowkey', 'pvid'];

/** `/SaasManage`: applications. */
export function applicationApis(store: ApplicationStore, assumptions: Assumptions): readonly Api[] {
  const requireApplication = (key: string): StoredApplication => {
    const stored = store.find(key);
    if (stored === null) throw new Refusal(null, `The provided RowKey ${key} is not valid.`);
    return stored;
  };
  return [
    {
      path: '/SaasManage/GetAppIDByServiceName',
      takes: either,
      right: 'read-applications',
      call: ({ parameters }) =>
        store.findByServiceName(requireText(parameters, 'Name'))?.key ?? absent(assumptions),
    },
    {
      path: '/SaasManage/ImportAppFromTemplate',
      right: 'manage-applications',
      call({ parameters }) {
        const names = parameter(parameters, 'ID');
        // Unknown input is ignored and is not an error.
        if (!Array.isArray(names)) return [];
        return names
          .filter((name) => name === template)
          .map(() => ({ success: true, ID: template, _RowKey: store.create().key }));
      },
    },
    {
      path: '/SaasManage/GetApplication',
      takes: either,
      right: 'read-applications',
      call({ parameters }) {
        const stored = requireApplication(requireText(parameters, '_RowKey'));
        return { _RowKey: stored.key, ID: stored.key, ...describeApplication(stored) };
      },
    },
    {
      path: '/SaasManage/UpdateApplicationDE',
      right: 'manage-applications',
      call({ parameters }) {
        const key = parameter(parameters, '_RowKey');
        const stored = requireApplication(typeof key === 'string' ? key : '');
        const sent = Object.fromEntries(
          Object.entries(parameters).filter(([name]) => !keyNames.includes(name.toLowerCase())),
        );
        const document = assumptions['application-update'] === 'merge' ? merge(stored.document, sent) : sent;
        const changed = { ...stored, document };
        const serviceName = serviceNameOf(changed);
        const other = serviceName === null ? null : store.findByServiceName(serviceName);
        if (other !== null && other.key !== stored.key)
          throw new Refusal('System.ArgumentException', `The application ID ${serviceName} is in use.`);
        store.keep(changed);
        return { State: 0 };
      },
    },
    {
      path: '/SaasManage/DeleteApplication',
      right: 'manage-applications',
      call({ parameters }) {
        const given = parameter(parameters, '_RowKey') ?? parameter(parameters, 'ID') ?? [];
        const keys = (Array.isArray(given) ? given : [given]).map(String);
        const found = keys.map(requireApplication);
        if (found.length === 0)
          throw new Refusal('RequiredParameter', 'The required parameter _RowKey is missing.');
        for (const stored of found) store.remove(stored);
        return found.map(({ key }) => ({ _RowKey: key, success: true }));
      },
    },
  ];
}

/** The sent document merged into the old one, object by object; a list replaces a list. */
function merge(old: JsonObject, sent: JsonObject): JsonObject {
  const merged = Object.entries(sent).map(([name, value]) => {
    const before = old[name];
    return [name, isObject(before) && isObject(value) ? merge(before, value) : value] as const;
  });
  return { ...old, ...Object.fromEntries(merged) };
}
