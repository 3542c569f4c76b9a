// Bouncy Castle as the judge of what yinxin makes: certificates, requests for them,
// revocation lists, seals and stamps of SM2 with SM3.
//
//   java -cp bcprov.jar:bcpkix.jar:bcutil.jar Judge.java COMMAND FILE...
//
//   path MILLISECONDS ROOT CA LEAF ROOT-CRL CA-CRL   the path is good, nothing revoked
//   crl ISSUER CRL NUMBER [SERIAL=REASON ...]        exactly these serials (hex) are revoked
//   request REQUEST SUBJECT                          a PKCS#10 request of this name, signed by its key
//   seal VERSION SEAL [ISSUER]                       V4 or V5, strict DER, the maker's value; in V5 a time stamp over it
//                                                    by an authority that ISSUER entitled
//   stamp VERSION STAMP [ISSUER]                     V4 or V5, strict DER, both values; in V5 also a time stamp over each
//   token ISSUER REQUEST RESPONSE SECONDS            answers the request, by an authority that ISSUER entitled
//   over ISSUER TOKEN DATA SECONDS                   a token over the data, by an authority that ISSUER entitled
//
// Says "ok" and ends with 0, or names the first offence and ends with 1.

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

public final class Judge {
    private static final String SM2_WITH_SM3 = "1.2.156.10197.1.501";

    public static void main(String[] arguments) {
        Security.addProvider(new BouncyCastleProvider());
        try {
            List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
            switch (arguments[0]) {
                case "path" -> path(rest);
                case "crl" -> crl(rest);
                case "request" -> request(read(rest.get(0)), rest.get(1));
                case "seal" -> seal(Integer.parseInt(rest.get(0)), read(rest.get(1)), issuer(rest));
                case "token" -> token(rest);
                case "over" -> over(rest);
                case "stamp" -> stamp(Integer.parseInt(rest.get(0)), read(rest.get(1)), issuer(rest));
                default -> throw new Offence("unknown command " + arguments[0]);
            }
        } catch (Exception offence) {
            System.out.println(offence);
            System.exit(1);
        }
        System.out.println("ok");
    }

    private static void path(List<String> rest) throws Exception {
        X509Certificate root = certificate(read(rest.get(1)));
        X509Certificate authority = certificate(read(rest.get(2)));
        X509Certificate leaf = certificate(read(rest.get(3)));
        root.verify(root.getPublicKey(), "BC");
        authority.verify(root.getPublicKey(), "BC");
        leaf.verify(authority.getPublicKey(), "BC");
        require(leaf.getBasicConstraints() == -1, "the leaf says that it is a CA");
        require(leaf.getSigAlgOID().equals(SM2_WITH_SM3), "signature algorithm of the leaf");
        for (X509Certificate one : List.of(root, authority, leaf)) {
            strict(one.getEncoded(), "certificate");
        }
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setDate(new Date(Long.parseLong(rest.get(0))));
        parameters.setRevocationEnabled(true);
        List<X509CRL> lists = List.of(list(read(rest.get(4))), list(read(rest.get(5))));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists), "BC"));
        CertPathValidator.getInstance("PKIX", "BC")
            .validate(CertificateFactory.getInstance("X.509", "BC").generateCertPath(List.of(leaf, authority)), parameters);
    }

    private static void request(byte[] octets, String subject) throws Exception {
        strict(octets, "request");
        JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(octets).setProvider("BC");
        require(request.getSubject().toString().equals(subject), "subject is " + request.getSubject());
        String algorithm = request.getSignatureAlgorithm().getAlgorithm().getId();
        require(algorithm.equals(SM2_WITH_SM3), "signature algorithm of the request is " + algorithm);
        require(
            request.isSignatureValid(
                new JcaContentVerifierProviderBuilder().setProvider("BC").build(request.getPublicKey())),
            "signature of the request");
    }

    private static void crl(List<String> rest) throws Exception {
        X509CRL list = list(read(rest.get(1)));
        list.verify(certificate(read(rest.get(0))).getPublicKey(), "BC");
        strict(list.getEncoded(), "revocation list");
        require(list.getVersion() == 2, "version of the list");
        X509CRLHolder holder = new X509CRLHolder(list.getEncoded());
        BigInteger number = ASN1Integer.getInstance(holder.getExtension(Extension.cRLNumber).getParsedValue()).getValue();
        require(number.equals(new BigInteger(rest.get(2))), "number of the list is " + number);
        Map<String, String> found = new HashMap<>();
        if (list.getRevokedCertificates() != null) {
            for (X509CRLEntry entry : list.getRevokedCertificates()) {
                found.put(entry.getSerialNumber().toString(16), String.valueOf(entry.getRevocationReason()));
            }
        }
        Map<String, String> due = new HashMap<>();
        for (String pair : rest.subList(3, rest.size())) {
            due.put(pair.split("=")[0], pair.split("=")[1]);
        }
        require(found.equals(due), "revoked are " + found);
    }

    private static X509Certificate issuer(List<String> rest) throws Exception {
        return rest.size() > 2 ? certificate(read(rest.get(2))) : null;
    }

    /** SESeal { eSealInfo, cert, signAlgID, signedValue } of GB/T 38540-2020 6.1; GM/T 0031-2025 adds timeStamp [0]. */
    private static void seal(int version, byte[] octets, X509Certificate issuer) throws Exception {
        strict(octets, "seal");
        ASN1Sequence seal = ASN1Sequence.getInstance(octets);
        require(seal.size() == version, "items of the seal");
        ASN1Sequence info = ASN1Sequence.getInstance(seal.getObjectAt(0));
        require(info.size() == 4, "items of eSealInfo");
        ASN1Sequence header = ASN1Sequence.getInstance(info.getObjectAt(0));
        require(ASN1IA5String.getInstance(header.getObjectAt(0)).getString().equals("ES"), "header");
        require(ASN1Integer.getInstance(header.getObjectAt(1)).intValueExact() == version, "version of the seal");
        ASN1Sequence property = ASN1Sequence.getInstance(info.getObjectAt(2));
        require(property.size() == 7, "items of the property");
        ASN1UTF8String.getInstance(property.getObjectAt(1));
        require(ASN1Integer.getInstance(property.getObjectAt(2)).intValueExact() == 1, "certListType");
        for (Object one : ASN1Sequence.getInstance(property.getObjectAt(3))) {
            certificate(ASN1OctetString.getInstance(one).getOctets());
        }
        for (int time = 4; time < 7; time++) {
            ASN1GeneralizedTime.getInstance(property.getObjectAt(time)).getDate();
        }
        value(seal, 1, info.getEncoded(ASN1Encoding.DER));
        if (version == 5) {
            timeStamp(seal, issuer);
        }
    }

    /** SES_Signature { toSign, cert, signatureAlgID, signature, timeStamp [0] } of GB/T 38540-2020 7.1. */
    private static void stamp(int version, byte[] octets, X509Certificate issuer) throws Exception {
        strict(octets, "stamp");
        ASN1Sequence stamp = ASN1Sequence.getInstance(octets);
        require(stamp.size() == version, "items of the stamp");
        ASN1Sequence toSign = ASN1Sequence.getInstance(stamp.getObjectAt(0));
        require(toSign.size() == 5, "items of TBS_Sign");
        require(ASN1Integer.getInstance(toSign.getObjectAt(0)).intValueExact() == version, "version of the stamp");
        seal(version, toSign.getObjectAt(1).toASN1Primitive().getEncoded(ASN1Encoding.DER), issuer);
        ASN1GeneralizedTime.getInstance(toSign.getObjectAt(2)).getDate();
        require(ASN1BitString.getInstance(toSign.getObjectAt(3)).getOctets().length == 32, "dataHash");
        ASN1IA5String.getInstance(toSign.getObjectAt(4));
        value(stamp, 1, toSign.getEncoded(ASN1Encoding.DER));
        if (version == 5) {
            timeStamp(stamp, issuer);
        }
    }

    /** timeStamp [0] EXPLICIT BIT STRING, the fifth item: a token over the value in the fourth. */
    private static void timeStamp(ASN1Sequence items, X509Certificate issuer) throws Exception {
        ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(items.getObjectAt(4));
        require(tagged.getTagNo() == 0 && tagged.isExplicit(), "tag of the time stamp");
        byte[] octets = ASN1BitString.getInstance(tagged, true).getOctets();
        TimeStampToken token = new TimeStampToken(ContentInfo.getInstance(octets));
        signedBy(token, issuer);
        byte[] value = ASN1BitString.getInstance(items.getObjectAt(3)).getOctets();
        byte[] digest = MessageDigest.getInstance("SM3", "BC").digest(value);
        require(Arrays.equals(token.getTimeStampInfo().getMessageImprintDigest(), digest), "imprint of the time stamp");
    }

    /** The token's own signature, under a certificate that the issuer signed. */
    private static void signedBy(TimeStampToken token, X509Certificate issuer) throws Exception {
        X509CertificateHolder stamper =
            (X509CertificateHolder) token.getCertificates().getMatches(token.getSID()).iterator().next();
        certificate(stamper.getEncoded()).verify(issuer.getPublicKey(), "BC");
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(stamper));
        String digest = token.getTimeStampInfo().getMessageImprintAlgOID().getId();
        require(digest.equals("1.2.156.10197.1.401"), "imprint by " + digest);
    }

    /** TimeStampResp of RFC 3161, with SM2 and SM3. */
    private static void token(List<String> rest) throws Exception {
        byte[] octets = read(rest.get(2));
        strict(octets, "response");
        TimeStampResponse response = new TimeStampResponse(octets);
        response.validate(new TimeStampRequest(read(rest.get(1))));
        holds(response.getTimeStampToken(), rest.get(0), rest.get(3));
    }

    /** TimeStampToken over data that is at hand. */
    private static void over(List<String> rest) throws Exception {
        TimeStampToken token = new TimeStampToken(new CMSSignedData(read(rest.get(1))));
        byte[] digest = MessageDigest.getInstance("SM3", "BC").digest(read(rest.get(2)));
        require(Arrays.equals(digest, token.getTimeStampInfo().getMessageImprintDigest()), "imprint of the data");
        holds(token, rest.get(0), rest.get(3));
    }

    private static void holds(TimeStampToken token, String issuer, String at) throws Exception {
        signedBy(token, certificate(read(issuer)));
        long seconds = token.getTimeStampInfo().getGenTime().getTime() / 1000;
        require(seconds == Long.parseLong(at), "time is " + seconds);
    }

    /** Certificate, algorithm and value at three places in a row. */
    private static void value(ASN1Sequence items, int at, byte[] message) throws Exception {
        X509Certificate signer = certificate(ASN1OctetString.getInstance(items.getObjectAt(at)).getOctets());
        String algorithm = ASN1ObjectIdentifier.getInstance(items.getObjectAt(at + 1)).getId();
        require(algorithm.equals(SM2_WITH_SM3), "signature algorithm " + algorithm);
        Signature verifier = Signature.getInstance("SM3withSM2", "BC");
        verifier.initVerify(signer.getPublicKey());
        verifier.update(message);
        byte[] signature = ASN1BitString.getInstance(items.getObjectAt(at + 2)).getOctets();
        require(verifier.verify(signature), "signature value");
    }

    private static void strict(byte[] octets, String what) throws Exception {
        byte[] again = ASN1Primitive.fromByteArray(octets).getEncoded(ASN1Encoding.DER);
        require(Arrays.equals(again, octets), what + " is not DER");
    }

    private static X509Certificate certificate(byte[] octets) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(octets));
    }

    private static X509CRL list(byte[] octets) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
        return (X509CRL) factory.generateCRL(new ByteArrayInputStream(octets));
    }

    private static byte[] read(String file) throws Exception {
        return Files.readAllBytes(Path.of(file));
    }

    private static void require(boolean holds, String what) throws Offence {
        if (!holds) {
            throw new Offence(what);
        }
    }

    private static final class Offence extends Exception {
        private static final long serialVersionUID = 1;

        Offence(String what) {
            super(what);
        }
    }
}
