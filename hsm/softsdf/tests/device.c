/*
 * A program of a stranger's: knows the header and the library, nothing else. It checks every layout, uses every
 * function, and goes against every rule once. Its messages name the line; it ends with 0 only when all held.
 */
#include "softsdf.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEN ECCref_MAX_LEN

_Static_assert(sizeof(DEVICEINFO) == 100, "DEVICEINFO");
_Static_assert(offsetof(DEVICEINFO, DeviceName) == 40, "DeviceName");
_Static_assert(offsetof(DEVICEINFO, DeviceSerial) == 56, "DeviceSerial");
_Static_assert(offsetof(DEVICEINFO, DeviceVersion) == 72, "DeviceVersion");
_Static_assert(offsetof(DEVICEINFO, StandardVersion) == 76, "StandardVersion");
_Static_assert(offsetof(DEVICEINFO, AsymAlgAbility) == 80, "AsymAlgAbility");
_Static_assert(offsetof(DEVICEINFO, SymAlgAbility) == 88, "SymAlgAbility");
_Static_assert(offsetof(DEVICEINFO, HashAlgAbility) == 92, "HashAlgAbility");
_Static_assert(offsetof(DEVICEINFO, BufferSize) == 96, "BufferSize");
_Static_assert(sizeof(ECCrefPublicKey) == 4 + 2 * LEN, "ECCrefPublicKey");
_Static_assert(offsetof(ECCrefPublicKey, x) == 4, "x");
_Static_assert(offsetof(ECCrefPublicKey, y) == 4 + LEN, "y");
_Static_assert(sizeof(ECCrefPrivateKey) == 4 + LEN, "ECCrefPrivateKey");
_Static_assert(offsetof(ECCrefPrivateKey, K) == 4, "K");
_Static_assert(sizeof(ECCSignature) == 2 * LEN, "ECCSignature");
_Static_assert(offsetof(ECCSignature, s) == LEN, "s");
_Static_assert(offsetof(ECCCipher, y) == LEN, "cipher y");
_Static_assert(offsetof(ECCCipher, M) == 2 * LEN, "cipher M");
_Static_assert(offsetof(ECCCipher, L) == 2 * LEN + 32, "cipher L");
_Static_assert(offsetof(ECCCipher, C) == 2 * LEN + 36, "cipher C");
_Static_assert(SDR_OUTARGERR == 0x0100001E && SDR_PRKRERR == 0x01000018 && SDR_STEPERR == 0x01000010, "codes");
#if ECCref_MAX_BITS == 512
_Static_assert(sizeof(ECCrefPublicKey) == 132 && sizeof(ECCSignature) == 128, "the standard's own sizes");
#endif

static int failures;

static void expect(int line, int wanted, int found, const char *what) {
    if (wanted == found)
        return;
    char why[256] = "";
    SOFTSDF_LastError(why, sizeof why);
    fprintf(stderr, "line %d: %s answered 0x%08X, not 0x%08X (%s)\n", line, what, (unsigned)found, (unsigned)wanted, why);
    failures++;
}

static void holds(int line, int truth, const char *what) {
    if (truth)
        return;
    fprintf(stderr, "line %d: not so: %s\n", line, what);
    failures++;
}

#define EXPECT(code, call) expect(__LINE__, (code), (call), #call)
#define OK(call) EXPECT(SDR_OK, call)
#define HOLDS(truth) holds(__LINE__, (truth), #truth)

static const unsigned char PIN[] = "12345678";
static const unsigned char OTHER_PIN[] = "87654321-wrong";
static const unsigned char ID[] = "1234567812345678";
static unsigned char E[32] = {1, 2, 3};

/* A device and sessions: handles, and what is said without them. */
static void *sessions(void **device) {
    void *session, *other;
    EXPECT(SDR_OUTARGERR, SDF_OpenDevice(NULL));
    OK(SDF_OpenDevice(device));
    EXPECT(SDR_OUTARGERR, SDF_OpenSession(*device, NULL));
    EXPECT(SDR_INARGERR, SDF_OpenSession(NULL, &session));
    EXPECT(SDR_INARGERR, SDF_OpenSession((void *)&session, &session));
    OK(SDF_OpenSession(*device, &session));
    OK(SDF_OpenSession(*device, &other));
    HOLDS(session != other);
    OK(SDF_CloseSession(other));
    EXPECT(SDR_INARGERR, SDF_CloseSession(other));
    EXPECT(SDR_INARGERR, SDF_CloseSession(*device));
    EXPECT(SDR_INARGERR, SDF_CloseSession(NULL));

    DEVICEINFO info;
    memset(&info, 0xEE, sizeof info);
    OK(SDF_GetDeviceInfo(session, &info));
    HOLDS(memcmp(info.DeviceName, "softsdf\0", 8) == 0);
    HOLDS(info.StandardVersion == 2023 && info.AsymAlgAbility[1] == 256);
    HOLDS((info.AsymAlgAbility[0] & SGD_SM2_1 & 0xFFFF) && (info.HashAlgAbility & SGD_SM3));
    EXPECT(SDR_OUTARGERR, SDF_GetDeviceInfo(session, NULL));

    unsigned char random[64] = {0}, zeros[64] = {0};
    OK(SDF_GenerateRandom(session, 32, random));
    HOLDS(memcmp(random, zeros, 32) != 0 && memcmp(random + 32, zeros, 32) == 0);
    EXPECT(SDR_OUTARGERR, SDF_GenerateRandom(session, 32, NULL));
    EXPECT(SDR_INARGERR, SDF_GenerateRandom(session, info.BufferSize + 1, random));
    return session;
}

/* Rights, signatures and their verification. */
static void signing(void *device, void *session) {
    ECCSignature value, twin;
    ECCrefPublicKey key;
    EXPECT(SDR_KEYNOTEXIST, SDF_ExportSignPublicKey_ECC(session, 1, &key));
    EXPECT(SDR_INARGERR, SOFTSDF_GenerateKeyPair(session, 1, SOFTSDF_SIGN, PIN, 7));
    EXPECT(SDR_INARGERR, SOFTSDF_GenerateKeyPair(session, 0, SOFTSDF_SIGN, PIN, 8));
    EXPECT(SDR_INARGERR, SOFTSDF_GenerateKeyPair(session, 1, 4, PIN, 8));
    OK(SOFTSDF_GenerateKeyPair(session, 1, SOFTSDF_SIGN, PIN, 8));
    EXPECT(SDR_FILEEXSITS, SOFTSDF_GenerateKeyPair(session, 1, SOFTSDF_SIGN, PIN, 8));
    OK(SDF_ExportSignPublicKey_ECC(session, 1, &key));
    HOLDS(key.bits == 256);
    for (int i = 0; i < LEN - 32; i++)
        HOLDS(key.x[i] == 0 && key.y[i] == 0);
    EXPECT(SDR_KEYTYPEERR, SDF_ExportEncPublicKey_ECC(session, 1, &key));
    EXPECT(SDR_OUTARGERR, SDF_ExportSignPublicKey_ECC(session, 1, NULL));

    EXPECT(SDR_PARDENY, SDF_InternalSign_ECC(session, 1, E, 32, &value));
    EXPECT(SDR_KEYNOTEXIST, SDF_InternalSign_ECC(session, 2, E, 32, &value));
    EXPECT(SDR_INARGERR, SDF_GetPrivateKeyAccessRight(session, 1, PIN, 4));
    EXPECT(SDR_INARGERR, SDF_GetPrivateKeyAccessRight(session, 1, NULL, 8));
    EXPECT(SDR_PRKRERR, SDF_GetPrivateKeyAccessRight(session, 1, OTHER_PIN, 14));
    EXPECT(SDR_PARDENY, SDF_InternalSign_ECC(session, 1, E, 32, &value));
    OK(SDF_GetPrivateKeyAccessRight(session, 1, PIN, 8));
    EXPECT(SDR_INARGERR, SDF_InternalSign_ECC(session, 1, E, 31, &value));
    EXPECT(SDR_INARGERR, SDF_InternalSign_ECC(session, 1, NULL, 32, &value));
    EXPECT(SDR_OUTARGERR, SDF_InternalSign_ECC(session, 1, E, 32, NULL));
    OK(SDF_InternalSign_ECC(session, 1, E, 32, &value));
    OK(SDF_InternalSign_ECC(session, 1, E, 32, &twin));
    HOLDS(memcmp(&value, &twin, sizeof value) != 0);
    for (int i = 0; i < LEN - 32; i++)
        HOLDS(value.r[i] == 0 && value.s[i] == 0);
    OK(SDF_InternalVerify_ECC(session, 1, E, 32, &value));
    OK(SDF_ExternalVerify_ECC(session, SGD_SM2_1, &key, E, 32, &value));
    EXPECT(SDR_ALGNOTSUPPORT, SDF_ExternalVerify_ECC(session, SGD_SM4_ECB, &key, E, 32, &value));
    EXPECT(SDR_INARGERR, SDF_ExternalVerify_ECC(session, SGD_SM2_1, NULL, E, 32, &value));
    value.s[LEN - 1] ^= 1;
    EXPECT(SDR_VERIFYERR, SDF_InternalVerify_ECC(session, 1, E, 32, &value));
    EXPECT(SDR_VERIFYERR, SDF_ExternalVerify_ECC(session, SGD_SM2_1, &key, E, 32, &value));
    memset(&value, 0xFF, sizeof value);
    EXPECT(SDR_VERIFYERR, SDF_InternalVerify_ECC(session, 1, E, 32, &value));
    memset(&value, 0, sizeof value);
    EXPECT(SDR_VERIFYERR, SDF_InternalVerify_ECC(session, 1, E, 32, &value));
    key.x[LEN - 1] ^= 1; /* off the curve */
    EXPECT(SDR_INARGERR, SDF_ExternalVerify_ECC(session, SGD_SM2_1, &key, E, 32, &twin));

    /* the right belongs to the session */
    void *other;
    OK(SDF_OpenSession(device, &other));
    EXPECT(SDR_PARDENY, SDF_InternalSign_ECC(other, 1, E, 32, &value));
    OK(SDF_CloseSession(other));
    OK(SDF_ReleasePrivateKeyAccessRight(session, 1));
    EXPECT(SDR_PARDENY, SDF_InternalSign_ECC(session, 1, E, 32, &value));
    EXPECT(SDR_PARDENY, SDF_ReleasePrivateKeyAccessRight(session, 1));
}

/* SM3, alone and with ZA. */
static void digests(void *session) {
    static const unsigned char ABC[32] = {0x66, 0xc7, 0xf0, 0xf4, 0x62, 0xee, 0xed, 0xd9, 0xd1, 0xf2, 0xd4,
                                          0x6b, 0xdc, 0x10, 0xe4, 0xe2, 0x41, 0x67, 0xc4, 0x87, 0x5c, 0xf2,
                                          0xf7, 0xa2, 0x29, 0x7d, 0xa0, 0x2b, 0x8f, 0x4b, 0xa8, 0xe0};
    /* GB/T 32918.5, annex A */
    static const unsigned char X[32] = {0x09, 0xF9, 0xDF, 0x31, 0x1E, 0x54, 0x21, 0xA1, 0x50, 0xDD, 0x7D,
                                        0x16, 0x1E, 0x4B, 0xC5, 0xC6, 0x72, 0x17, 0x9F, 0xAD, 0x18, 0x33,
                                        0xFC, 0x07, 0x6B, 0xB0, 0x8F, 0xF3, 0x56, 0xF3, 0x50, 0x20};
    static const unsigned char Y[32] = {0xCC, 0xEA, 0x49, 0x0C, 0xE2, 0x67, 0x75, 0xA5, 0x2D, 0xC6, 0xEA,
                                        0x71, 0x8C, 0xC1, 0xAA, 0x60, 0x0A, 0xED, 0x05, 0xFB, 0xF3, 0x5E,
                                        0x08, 0x4A, 0x66, 0x32, 0xF6, 0x07, 0x2D, 0xA9, 0xAD, 0x13};
    static const unsigned char EXAMPLE_E[32] = {0xF0, 0xB4, 0x3E, 0x94, 0xBA, 0x45, 0xAC, 0xCA, 0xAC, 0xE6, 0x92,
                                                0xED, 0x53, 0x43, 0x82, 0xEB, 0x17, 0xE6, 0xAB, 0x5A, 0x19, 0xCE,
                                                0x7B, 0x31, 0xF4, 0x48, 0x6F, 0xDF, 0xC0, 0xD2, 0x86, 0x40};
    unsigned char digest[32];
    unsigned int length = 0;
    EXPECT(SDR_STEPERR, SDF_HashUpdate(session, E, 32));
    EXPECT(SDR_STEPERR, SDF_HashFinal(session, digest, &length));
    EXPECT(SDR_ALGNOTSUPPORT, SDF_HashInit(session, 0x00000004, NULL, NULL, 0));
    OK(SDF_HashInit(session, SGD_SM3, NULL, NULL, 0));
    OK(SDF_HashUpdate(session, (const unsigned char *)"a", 1));
    OK(SDF_HashUpdate(session, (const unsigned char *)"bc", 2));
    EXPECT(SDR_OUTARGERR, SDF_HashFinal(session, NULL, &length));
    OK(SDF_HashFinal(session, digest, &length));
    HOLDS(length == 32 && memcmp(digest, ABC, 32) == 0);
    EXPECT(SDR_STEPERR, SDF_HashFinal(session, digest, &length));

    ECCrefPublicKey key;
    memset(&key, 0, sizeof key);
    key.bits = 256;
    memcpy(key.x + LEN - 32, X, 32);
    memcpy(key.y + LEN - 32, Y, 32);
    EXPECT(SDR_INARGERR, SDF_HashInit(session, SGD_SM3, NULL, ID, 16));
    OK(SDF_HashInit(session, SGD_SM3, &key, ID, 16));
    OK(SDF_HashUpdate(session, (const unsigned char *)"message digest", 14));
    OK(SDF_HashFinal(session, digest, &length));
    HOLDS(memcmp(digest, EXAMPLE_E, 32) == 0);
}

/* Session keys under a key-encryption key, and SM4 with them. */
static void symmetric(void *session) {
    unsigned char wrapped[16], data[48], sealed[48], opened[48], iv[16], again[16];
    unsigned int length = 0;
    void *key, *same;
    memset(data, 0x5A, sizeof data);
    EXPECT(SDR_KEYNOTEXIST, SDF_GenerateKeyWithKEK(session, 128, SGD_SM4_ECB, 1, wrapped, &length, &key));
    OK(SOFTSDF_GenerateKEK(session, 1, PIN, 8));
    EXPECT(SDR_PARDENY, SDF_GenerateKeyWithKEK(session, 128, SGD_SM4_ECB, 1, wrapped, &length, &key));
    EXPECT(SDR_PRKRERR, SDF_GetKEKAccessRight(session, 1, OTHER_PIN, 14));
    OK(SDF_GetKEKAccessRight(session, 1, PIN, 8));
    EXPECT(SDR_INARGERR, SDF_GenerateKeyWithKEK(session, 256, SGD_SM4_ECB, 1, wrapped, &length, &key));
    EXPECT(SDR_ALGMODNOTSUPPORT, SDF_GenerateKeyWithKEK(session, 128, SGD_SM4_CBC, 1, wrapped, &length, &key));
    EXPECT(SDR_OUTARGERR, SDF_GenerateKeyWithKEK(session, 128, SGD_SM4_ECB, 1, wrapped, &length, NULL));
    OK(SDF_GenerateKeyWithKEK(session, 128, SGD_SM4_ECB, 1, wrapped, &length, &key));
    HOLDS(length == 16);
    EXPECT(SDR_INARGERR, SDF_ImportKeyWithKEK(session, SGD_SM4_ECB, 1, wrapped, 15, &same));
    OK(SDF_ImportKeyWithKEK(session, SGD_SM4_ECB, 1, wrapped, 16, &same));

    OK(SDF_Encrypt(session, key, SGD_SM4_ECB, NULL, data, 48, sealed, &length));
    HOLDS(length == 48 && memcmp(sealed, data, 16) != 0 && memcmp(sealed, sealed + 16, 16) == 0);
    OK(SDF_Decrypt(session, same, SGD_SM4_ECB, NULL, sealed, 48, opened, &length));
    HOLDS(memcmp(opened, data, 48) == 0);
    memset(iv, 7, 16);
    OK(SDF_Encrypt(session, key, SGD_SM4_CBC, iv, data, 48, sealed, &length));
    HOLDS(memcmp(sealed, sealed + 16, 16) != 0 && memcmp(iv, sealed + 32, 16) == 0);
    memset(iv, 7, 16);
    memcpy(again, sealed + 32, 16);
    OK(SDF_Decrypt(session, same, SGD_SM4_CBC, iv, sealed, 48, sealed, &length)); /* in place */
    HOLDS(memcmp(sealed, data, 48) == 0 && memcmp(iv, again, 16) == 0);
    EXPECT(SDR_INARGERR, SDF_Encrypt(session, key, SGD_SM4_ECB, NULL, data, 47, sealed, &length));
    EXPECT(SDR_INARGERR, SDF_Encrypt(session, key, SGD_SM4_CBC, NULL, data, 48, sealed, &length));
    EXPECT(SDR_OUTARGERR, SDF_Encrypt(session, key, SGD_SM4_ECB, NULL, data, 48, NULL, &length));
    EXPECT(SDR_ALGNOTSUPPORT, SDF_Encrypt(session, key, SGD_SM3, NULL, data, 48, sealed, &length));
    OK(SDF_DestroyKey(session, key));
    EXPECT(SDR_INARGERR, SDF_DestroyKey(session, key));
    EXPECT(SDR_INARGERR, SDF_Encrypt(session, key, SGD_SM4_ECB, NULL, data, 48, sealed, &length));
    OK(SDF_ReleaseKEKAccessRight(session, 1));
    EXPECT(SDR_PARDENY, SDF_ImportKeyWithKEK(session, SGD_SM4_ECB, 1, wrapped, 16, &key));
}

/* Encryption to the device, and key pairs for testing. */
static void encryption(void *session) {
    ECCrefPublicKey key;
    ECCrefPrivateKey outside;
    unsigned char opened[64];
    unsigned int length = 0;
    ECCCipher *sealed = calloc(1, sizeof(ECCCipher) + 64);
    OK(SOFTSDF_GenerateKeyPair(session, 3, SOFTSDF_SIGN | SOFTSDF_ENCRYPT, PIN, 8));
    OK(SDF_ExportEncPublicKey_ECC(session, 3, &key));
    OK(SDF_ExternalEncrypt_ECC(session, SGD_SM2_3, &key, (const unsigned char *)"to the device", 13, sealed));
    HOLDS(sealed->L == 13);
    EXPECT(SDR_PARDENY, SDF_InternalDecrypt_ECC(session, 3, SGD_SM2_3, sealed, opened, &length));
    OK(SDF_GetPrivateKeyAccessRight(session, 3, PIN, 8));
    OK(SDF_InternalDecrypt_ECC(session, 3, SGD_SM2_3, sealed, opened, &length));
    HOLDS(length == 13 && memcmp(opened, "to the device", 13) == 0);
    sealed->C[0] ^= 1;
    EXPECT(SDR_SKOPERR, SDF_InternalDecrypt_ECC(session, 3, SGD_SM2_3, sealed, opened, &length));
    EXPECT(SDR_PKOPERR, SDF_ExternalEncrypt_ECC(session, SGD_SM2_3, &key, NULL, 0, sealed));
    free(sealed);

    memset(&outside, 0, sizeof outside);
    OK(SDF_GenerateKeyPair_ECC(session, SGD_SM2_1, 256, &key, &outside));
    HOLDS(key.bits == 256 && outside.bits == 256);
    EXPECT(SDR_INARGERR, SDF_GenerateKeyPair_ECC(session, SGD_SM2_1, 384, &key, &outside));

    OK(SOFTSDF_DeleteKey(session, SOFTSDF_PAIRS, 3));
    EXPECT(SDR_KEYNOTEXIST, SDF_ExportEncPublicKey_ECC(session, 3, &key));
    EXPECT(SDR_PARDENY, SOFTSDF_DeleteKey(session, SOFTSDF_PAIRS, 1));
    EXPECT(SDR_INARGERR, SOFTSDF_DeleteKey(session, 9, 1));
}

/* Wrong PINs lock a key, each in a row. The token was made with 3 tries. */
static void locking(void *session) {
    ECCSignature value;
    OK(SOFTSDF_GenerateKeyPair(session, 5, SOFTSDF_SIGN, PIN, 8));
    EXPECT(SDR_PRKRERR, SDF_GetPrivateKeyAccessRight(session, 5, OTHER_PIN, 14));
    EXPECT(SDR_PRKRERR, SDF_GetPrivateKeyAccessRight(session, 5, OTHER_PIN, 14));
    OK(SDF_GetPrivateKeyAccessRight(session, 5, PIN, 8));
    for (int i = 0; i < 3; i++)
        EXPECT(SDR_PRKRERR, SDF_GetPrivateKeyAccessRight(session, 5, OTHER_PIN, 14));
    EXPECT(SOFTSDF_PINLOCKED, SDF_GetPrivateKeyAccessRight(session, 5, OTHER_PIN, 14));
    EXPECT(SOFTSDF_PINLOCKED, SDF_GetPrivateKeyAccessRight(session, 5, PIN, 8));
    /* a right that was taken before stays */
    OK(SDF_InternalSign_ECC(session, 5, E, 32, &value));
    char why[64] = "";
    EXPECT(SOFTSDF_PINLOCKED, SDF_GetPrivateKeyAccessRight(session, 5, PIN, 8));
    OK(SOFTSDF_LastError(why, sizeof why));
    HOLDS(strstr(why, "locked") != NULL);
    EXPECT(SDR_NOBUFFER, SOFTSDF_LastError(why, 0));
}

int main(void) {
    void *device, *session;
    EXPECT(SDR_OPENDEVICE, SDF_OpenDevice(&device));
    EXPECT(SDR_INARGERR, SOFTSDF_InitToken(NULL, 100));
    OK(SOFTSDF_InitToken(NULL, 3));
    EXPECT(SDR_FILEEXSITS, SOFTSDF_InitToken(NULL, 3));
#if ECCref_MAX_BITS == 256
    char path[512];
    snprintf(path, sizeof path, "%s/control", getenv("SOFTSDF_DIR"));
    FILE *control = fopen(path, "w");
    fputs("ecc_bits 256\n", control);
    fclose(control);
#endif
    session = sessions(&device);
    signing(device, session);
    digests(session);
    symmetric(session);
    encryption(session);
    locking(session);
    OK(SDF_CloseDevice(device));
    EXPECT(SDR_INARGERR, SDF_CloseSession(session)); /* ended with its device */
    EXPECT(SDR_INARGERR, SDF_CloseDevice(device));
    if (failures == 0)
        puts("softsdf: all held");
    return failures == 0 ? 0 : 1;
}
