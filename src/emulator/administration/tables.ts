import type { Device } from '../device.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import type { Right } from '../rights.ts';
import type { Settings } from '../settings.ts';
import type { Row } from './query-result.ts';
import { describeApplication, type StoredApplication } from './stored-application.ts';

/** A table of the tenant that can be queried. */
interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly right: Right;
  rows(): readonly Row[];
}

/** @param applications those that exist when a query runs */
export function queryTables(
  directory: Directory,
  settings: Settings,
  applications: () => readonly StoredApplication[],
): readonly Table[] {
  return [
    {
      name: 'Application',
      columns: [
        'ID',
        'Name',
        'DisplayName',
        'ServiceName',
        'Description',
        'AppType',
        'AppTypeDisplayName',
        'WebAppType',
        'WebAppTypeDisplayName',
        'WebAppLoginType',
        'TemplateName',
        'Category',
        'State',
      ],
      right: 'read-applications',
      rows: () =>
        applications().map((application) => ({ ID: application.key, ...describeApplication(application) })),
    },
    {
      name: 'User',
      columns: [
        'ID',
        'Username',
        'DisplayName',
        'Email',
        'MobileNumber',
        'LastLogin',
        'ServiceUser',
        'SourceDsType',
        'DirectoryServiceUuid',
      ],
      right: 'read-users',
      rows: () =>
        directory.users().map((user) => ({
          ID: user.uuid,
          Username: user.user.toLowerCase(),
          DisplayName: user.displayName,
          Email: user.mail,
          MobileNumber: user.mobileNumber,
          LastLogin: null,
          ServiceUser: user.isServiceUser,
          SourceDsType: 'CDS',
          DirectoryServiceUuid: directoryServiceUuid,
        })),
    },
    {
      name: 'Role',
      columns: ['ID', 'Name', 'Description', 'RoleType', 'DirectoryServiceUuid'],
      right: 'read-roles',
      rows: () =>
        directory.roles().map(({ id, name, description, type }) => ({
          ID: id,
          Name: name,
          Description: description,
          RoleType: type,
          DirectoryServiceUuid: directoryServiceUuid,
        })),
    },
    {
      name: 'Device',
      columns: ['ID', 'DeviceID', 'Name', 'OSVersion', 'InternalDeviceType', 'Owner', 'OwnerID', 'State'],
      right: 'manage-apns-certificates',
      rows: () => settings.devices().map((device) => deviceRow(device, directory)),
    },
  ];
}

function deviceRow({ udid, name, os, osVersion, user }: Device, directory: Directory): Row {
  return {
    ID: udid,
    DeviceID: udid,
    Name: name,
    OSVersion: osVersion,
    InternalDeviceType: os === 'ios' ? 'I' : 'A',
    Owner: user,
    OwnerID: directory.findUser(user)?.uuid ?? null,
    State: 'Enrolled',
  };
}
