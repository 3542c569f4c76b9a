//! Numbers of algorithms, GM/T 0006. Those of signatures with SM3 inside differ between
//! vendors and are not needed: a device is always given e = SM3(ZA ‖ M).

/// SM3 digests.
pub const SGD_SM3: u32 = 0x0000_0001;
/// SM4, each block by itself.
pub const SGD_SM4_ECB: u32 = 0x0000_0401;
/// SM4, chained blocks.
pub const SGD_SM4_CBC: u32 = 0x0000_0402;
/// SM2, whatever for.
pub const SGD_SM2: u32 = 0x0002_0100;
/// SM2 signatures.
pub const SGD_SM2_1: u32 = 0x0002_0200;
/// SM2 key agreement.
pub const SGD_SM2_2: u32 = 0x0002_0400;
/// SM2 encryption.
pub const SGD_SM2_3: u32 = 0x0002_0800;
