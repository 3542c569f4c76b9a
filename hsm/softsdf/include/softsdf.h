/*
 * softsdf: a password device in software, with the C interface of GM/T 0018.
 *
 * Link with libsoftsdf.so, or load it. The token is the folder that the environment variable
 * SOFTSDF_DIR names; SOFTSDF_InitToken makes one, SOFTSDF_GenerateKeyPair and
 * SOFTSDF_GenerateKEK make keys in it. Each key has its own PIN of at least 8 octets.
 *
 * Rules
 *  - Every function answers SDR_OK or a code below. SOFTSDF_LastError says in words why the
 *    last call of the thread failed.
 *  - A handle that is none, or none any more, is answered with SDR_INARGERR; a null pointer
 *    for input with SDR_INARGERR, one for output with SDR_OUTARGERR. Nothing else is checked
 *    of a pointer.
 *  - The right to use a private key (SDF_GetPrivateKeyAccessRight) belongs to the session and
 *    covers what lies under the index: one key pair to sign, one to encrypt, or both.
 *    Session keys and a digest under way belong to the session too. All end with it, and
 *    sessions end with their device.
 *  - A wrong PIN is SDR_PRKRERR and counted; after as many as the token was made with
 *    (8 by default) in a row the key answers SOFTSDF_PINLOCKED. A right PIN before that begins the
 *    count anew.
 *  - What is signed is e = SM3(ZA || M), 32 octets, which SDF_HashInit with an id computes.
 *  - Lengths of output are written, never read: the buffer has the room that is stated.
 *  - Threads may share everything; a session under two threads is of use to neither.
 *
 * Numbers of 256 bits stand at the right end of their fields, zero octets before them. Where a
 * device was set to 256 bits (line "ecc_bits 256" in the token's file "control"), compile
 * with -DECCref_MAX_BITS=256.
 */
#ifndef SOFTSDF_H
#define SOFTSDF_H

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ECCref_MAX_BITS
#define ECCref_MAX_BITS 512
#endif
#define ECCref_MAX_LEN ((ECCref_MAX_BITS + 7) / 8)

/* -- structures, GM/T 0018, 5.3 --------------------------------------------------------- */

#pragma pack(push, 1)

typedef struct DeviceInfo_st {
    unsigned char IssuerName[40];   /* filled with zeros */
    unsigned char DeviceName[16];
    unsigned char DeviceSerial[16];
    unsigned int DeviceVersion;
    unsigned int StandardVersion;   /* 2023 */
    unsigned int AsymAlgAbility[2]; /* algorithms; bits of their keys */
    unsigned int SymAlgAbility;
    unsigned int HashAlgAbility;
    unsigned int BufferSize;        /* most octets that one call takes */
} DEVICEINFO;

typedef struct ECCrefPublicKey_st {
    unsigned int bits;              /* 256 */
    unsigned char x[ECCref_MAX_LEN];
    unsigned char y[ECCref_MAX_LEN];
} ECCrefPublicKey;

typedef struct ECCrefPrivateKey_st {
    unsigned int bits;              /* 256 */
    unsigned char K[ECCref_MAX_LEN];
} ECCrefPrivateKey;

typedef struct ECCSignature_st {
    unsigned char r[ECCref_MAX_LEN];
    unsigned char s[ECCref_MAX_LEN];
} ECCSignature;

typedef struct ECCCipher_st {
    unsigned char x[ECCref_MAX_LEN];
    unsigned char y[ECCref_MAX_LEN];
    unsigned char M[32];            /* C3, the digest */
    unsigned int L;                 /* octets of C */
    unsigned char C[1];             /* as many as L says */
} ECCCipher;

#pragma pack(pop)

/* -- algorithms, GM/T 0006 ---------------------------------------------------------------- */

#define SGD_SM3     0x00000001
#define SGD_SM4_ECB 0x00000401
#define SGD_SM4_CBC 0x00000402
#define SGD_SM2     0x00020100
#define SGD_SM2_1   0x00020200      /* signatures */
#define SGD_SM2_2   0x00020400      /* key agreement; not here */
#define SGD_SM2_3   0x00020800      /* encryption */

/* -- answers, GM/T 0018, annex A ------------------------------------------------------------ */

#define SDR_OK               0x00000000
#define SDR_BASE             0x01000000
#define SDR_UNKNOWERR        (SDR_BASE + 0x01)
#define SDR_NOTSUPPORT       (SDR_BASE + 0x02)
#define SDR_COMMFAIL         (SDR_BASE + 0x03)
#define SDR_HARDFAIL         (SDR_BASE + 0x04)
#define SDR_OPENDEVICE       (SDR_BASE + 0x05) /* no token there, or a damaged one */
#define SDR_OPENSESSION      (SDR_BASE + 0x06) /* as many sessions as the device has */
#define SDR_PARDENY          (SDR_BASE + 0x07) /* the session has not shown the PIN */
#define SDR_KEYNOTEXIST      (SDR_BASE + 0x08)
#define SDR_ALGNOTSUPPORT    (SDR_BASE + 0x09)
#define SDR_ALGMODNOTSUPPORT (SDR_BASE + 0x0A)
#define SDR_PKOPERR          (SDR_BASE + 0x0B)
#define SDR_SKOPERR          (SDR_BASE + 0x0C)
#define SDR_SIGNERR          (SDR_BASE + 0x0D)
#define SDR_VERIFYERR        (SDR_BASE + 0x0E)
#define SDR_SYMOPERR         (SDR_BASE + 0x0F)
#define SDR_STEPERR          (SDR_BASE + 0x10) /* a digest that was not begun */
#define SDR_FILESIZEERR      (SDR_BASE + 0x11)
#define SDR_FILENOEXIST      (SDR_BASE + 0x12)
#define SDR_FILEOFSERR       (SDR_BASE + 0x13)
#define SDR_KEYTYPEERR       (SDR_BASE + 0x14) /* no key for that use under the index */
#define SDR_KEYERR           (SDR_BASE + 0x15) /* the key's file is damaged or altered */
#define SDR_ENCDATAERR       (SDR_BASE + 0x16)
#define SDR_RANDERR          (SDR_BASE + 0x17)
#define SDR_PRKRERR          (SDR_BASE + 0x18) /* wrong PIN */
#define SDR_MACERR           (SDR_BASE + 0x19)
#define SDR_FILEEXSITS       (SDR_BASE + 0x1A) /* a token or key is there already */
#define SDR_FILEWERR         (SDR_BASE + 0x1B)
#define SDR_NOBUFFER         (SDR_BASE + 0x1C)
#define SDR_INARGERR         (SDR_BASE + 0x1D)
#define SDR_OUTARGERR        (SDR_BASE + 0x1E)

#define SOFTSDF_PINLOCKED    0x0100F001        /* of this device: too many wrong PINs */

/* -- device and sessions, 6.2 -------------------------------------------------------------- */

int SDF_OpenDevice(void **phDeviceHandle);
/* On the token in a folder. Of several makers, not of the standard. */
int SDF_OpenDeviceWithPath(const char *pcFolder, void **phDeviceHandle);
int SDF_CloseDevice(void *hDeviceHandle);
int SDF_OpenSession(void *hDeviceHandle, void **phSessionHandle);
int SDF_CloseSession(void *hSessionHandle);
int SDF_GetDeviceInfo(void *hSessionHandle, DEVICEINFO *pstDeviceInfo);
int SDF_GenerateRandom(void *hSessionHandle, unsigned int uiLength, unsigned char *pucRandom);
int SDF_GetPrivateKeyAccessRight(void *hSessionHandle, unsigned int uiKeyIndex, const unsigned char *pucPassword,
                                 unsigned int uiPwdLength);
int SDF_ReleasePrivateKeyAccessRight(void *hSessionHandle, unsigned int uiKeyIndex);
/* GM/T 0018-2023: the same for key-encryption keys. */
int SDF_GetKEKAccessRight(void *hSessionHandle, unsigned int uiKEKIndex, const unsigned char *pucPassword,
                          unsigned int uiPwdLength);
int SDF_ReleaseKEKAccessRight(void *hSessionHandle, unsigned int uiKEKIndex);

/* -- keys, 6.3 ------------------------------------------------------------------------------ */

int SDF_ExportSignPublicKey_ECC(void *hSessionHandle, unsigned int uiKeyIndex, ECCrefPublicKey *pucPublicKey);
int SDF_ExportEncPublicKey_ECC(void *hSessionHandle, unsigned int uiKeyIndex, ECCrefPublicKey *pucPublicKey);
/* uiKeyBits 128, uiAlgID SGD_SM4_ECB; 16 octets are written to pucKey. */
int SDF_GenerateKeyWithKEK(void *hSessionHandle, unsigned int uiKeyBits, unsigned int uiAlgID, unsigned int uiKEKIndex,
                           unsigned char *pucKey, unsigned int *puiKeyLength, void **phKeyHandle);
int SDF_ImportKeyWithKEK(void *hSessionHandle, unsigned int uiAlgID, unsigned int uiKEKIndex,
                         const unsigned char *pucKey, unsigned int uiKeyLength, void **phKeyHandle);
int SDF_DestroyKey(void *hSessionHandle, void *hKeyHandle);

/* -- SM2, 6.4 ------------------------------------------------------------------------------- */

int SDF_ExternalVerify_ECC(void *hSessionHandle, unsigned int uiAlgID, const ECCrefPublicKey *pucPublicKey,
                           const unsigned char *pucDataInput, unsigned int uiInputLength,
                           const ECCSignature *pucSignature);
int SDF_InternalSign_ECC(void *hSessionHandle, unsigned int uiISKIndex, const unsigned char *pucData,
                         unsigned int uiDataLength, ECCSignature *pucSignature);
int SDF_InternalVerify_ECC(void *hSessionHandle, unsigned int uiISKIndex, const unsigned char *pucData,
                           unsigned int uiDataLength, const ECCSignature *pucSignature);
/* pucEncData has room for sizeof(ECCCipher) - 1 + uiDataLength octets. */
int SDF_ExternalEncrypt_ECC(void *hSessionHandle, unsigned int uiAlgID, const ECCrefPublicKey *pucPublicKey,
                            const unsigned char *pucData, unsigned int uiDataLength, ECCCipher *pucEncData);
/* GM/T 0018-2012. pucData has room for pucEncData->L octets. */
int SDF_InternalDecrypt_ECC(void *hSessionHandle, unsigned int uiISKIndex, unsigned int uiAlgID,
                            const ECCCipher *pucEncData, unsigned char *pucData, unsigned int *puiDataLength);
/* 6.8, for testing: makes a key pair that the device does not keep. */
int SDF_GenerateKeyPair_ECC(void *hSessionHandle, unsigned int uiAlgID, unsigned int uiKeyBits,
                            ECCrefPublicKey *pucPublicKey, ECCrefPrivateKey *pucPrivateKey);

/* -- SM4, 6.5: whole blocks of 16 octets, no padding. With SGD_SM4_CBC pucIV is 16 octets and becomes
 *    the last block of ciphertext; with SGD_SM4_ECB it is not looked at. ------------------------ */

int SDF_Encrypt(void *hSessionHandle, void *hKeyHandle, unsigned int uiAlgID, unsigned char *pucIV,
                const unsigned char *pucData, unsigned int uiDataLength, unsigned char *pucEncData,
                unsigned int *puiEncDataLength);
int SDF_Decrypt(void *hSessionHandle, void *hKeyHandle, unsigned int uiAlgID, unsigned char *pucIV,
                const unsigned char *pucEncData, unsigned int uiEncDataLength, unsigned char *pucData,
                unsigned int *puiDataLength);

/* -- SM3, 6.6. With an id the digest is e = SM3(ZA || M), with uiIDLength 0 it is SM3(M). ----- */

int SDF_HashInit(void *hSessionHandle, unsigned int uiAlgID, const ECCrefPublicKey *pucPublicKey,
                 const unsigned char *pucID, unsigned int uiIDLength);
int SDF_HashUpdate(void *hSessionHandle, const unsigned char *pucData, unsigned int uiDataLength);
int SDF_HashFinal(void *hSessionHandle, unsigned char *pucHash, unsigned int *puiHashLength);

/* -- what the standard leaves to the maker --------------------------------------------------- */

#define SOFTSDF_SIGN    1 /* uses of key pairs */
#define SOFTSDF_ENCRYPT 2
#define SOFTSDF_PAIRS   1 /* kinds of keys */
#define SOFTSDF_KEK     2

/* Makes a token in a folder (in SOFTSDF_DIR where it is null); the folder above must be there.
 * uiMaxTries is 1 to 99, or 0 for 8. Who may write the folder is the administrator. */
int SOFTSDF_InitToken(const char *pcFolder, unsigned int uiMaxTries);
/* Indexes are 1 to 9999; key pairs and key-encryption keys have indexes of their own. */
int SOFTSDF_GenerateKeyPair(void *hSessionHandle, unsigned int uiKeyIndex, unsigned int uiUses,
                            const unsigned char *pucPassword, unsigned int uiPwdLength);
int SOFTSDF_GenerateKEK(void *hSessionHandle, unsigned int uiKEKIndex, const unsigned char *pucPassword,
                        unsigned int uiPwdLength);
/* For good. Wants the right to use the key. */
int SOFTSDF_DeleteKey(void *hSessionHandle, unsigned int uiKind, unsigned int uiIndex);
/* Why this thread's last call failed; cut to uiRoom octets with the zero octet at the end. */
int SOFTSDF_LastError(char *pcText, unsigned int uiRoom);

#ifdef __cplusplus
}
#endif

#endif
