package testkit

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"
)

// TOTP is the code that an authenticator app with the secret, in base32, shows at a time. It is written independently of the program,
// after RFC 6238.
func TOTP(secret string, at time.Time) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return err.Error()
	}
	var message [8]byte
	binary.BigEndian.PutUint64(message[:], uint64(at.Unix()/30))
	mac := hmac.New(sha1.New, key)
	mac.Write(message[:])
	sum := mac.Sum(nil)
	at4 := sum[sum[19]&15:]
	return fmt.Sprintf("%06d", (uint32(at4[0]&127)<<24|uint32(at4[1])<<16|uint32(at4[2])<<8|uint32(at4[3]))%1000000)
}

// WrongTOTP is a code that the app does not show around a time.
func WrongTOTP(secret string, at time.Time) string {
	for n := 0; ; n++ {
		code := fmt.Sprintf("%06d", n)
		shown := false
		for step := -2; step <= 2; step++ {
			shown = shown || TOTP(secret, at.Add(time.Duration(step)*30*time.Second)) == code
		}
		if !shown {
			return code
		}
	}
}
