/** `@tidings/core/device`: what of one person is on this device, to take along and to clear. */
export { clearDevice, type DeviceOptions, type DeviceProgress, exportDevice } from "./device.ts";
