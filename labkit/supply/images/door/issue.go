package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"time"
)

// issue writes a certificate and its key, for so many days from now; a negative number is over already. who: ca for an
// authority, which signs itself, or a host, for which the authority that is read signs.
func issue(who, days string, in io.Reader, out io.Writer) error {
	lasts, err := strconv.Atoi(days)
	if err != nil {
		return fmt.Errorf("%q is no number of days", days)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	until := time.Now().AddDate(0, 0, lasts)
	about := &x509.Certificate{
		SerialNumber: serial,
		NotBefore:    minimum(time.Now(), until).AddDate(0, 0, -30),
		NotAfter:     until,
		Subject:      pkix.Name{CommonName: who},
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	signer, signed := any(key), about
	if who == "ca" {
		about.Subject.CommonName = "the shop's authority"
		about.IsCA, about.BasicConstraintsValid = true, true
		about.KeyUsage |= x509.KeyUsageCertSign
	} else {
		about.DNSNames = []string{who}
		about.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		given, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		authority, err := tls.X509KeyPair(given, given)
		if err != nil {
			return fmt.Errorf("no authority on standard input: %w", err)
		}
		if signed, err = x509.ParseCertificate(authority.Certificate[0]); err != nil {
			return err
		}
		signer = authority.PrivateKey
	}
	made, err := x509.CreateCertificate(rand.Reader, about, signed, key.Public(), signer)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := pem.Encode(out, &pem.Block{Type: "CERTIFICATE", Bytes: made}); err != nil {
		return err
	}
	return pem.Encode(out, &pem.Block{Type: "PRIVATE KEY", Bytes: private})
}

func minimum(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
