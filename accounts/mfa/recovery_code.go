package mfa

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// RecoveryCodes is how many codes a set has, and FewRecoveryCodes how many left are so few that their owner should replace them.
const (
	RecoveryCodes    = 10
	FewRecoveryCodes = 3
)

// A recovery code has 16 characters of 5 bits each. These 80 bits cannot be guessed from a hash, so that a slow one is not needed.
const (
	recoveryLength = 16
	recoveryGroup  = 4 // characters between two dashes

	// recoveryAlphabet is the one of Crockford's Base32, which leaves out I, L, O and U.
	recoveryAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// newRecoveryCode makes a code as it is shown, such as 7K3M-Q9PX-….
func newRecoveryCode(random io.Reader) (string, error) {
	bytes := make([]byte, recoveryLength)
	if _, err := io.ReadFull(random, bytes); err != nil {
		return "", fmt.Errorf("making a recovery code: %w", err)
	}
	var code strings.Builder
	for i, b := range bytes {
		if i > 0 && i%recoveryGroup == 0 {
			code.WriteByte('-')
		}
		code.WriteByte(recoveryAlphabet[b%byte(len(recoveryAlphabet))])
	}
	return code.String(), nil
}

// lookAlikes reads characters that the alphabet leaves out as those for which they are mistaken.
var lookAlikes = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// parseRecoveryCode reads a typed code, whatever its case, spaces and dashes, and reports whether it has the form of one.
func parseRecoveryCode(typed string) (code string, ok bool) {
	if len(typed) > maxTyped {
		return "", false
	}
	code = lookAlikes.Replace(strings.ToUpper(separators.Replace(typed)))
	return code, len(code) == recoveryLength && strings.Trim(code, recoveryAlphabet) == ""
}

// hashRecoveryCode returns what is stored of a code. With the account's id, equal codes of two accounts differ.
func hashRecoveryCode(accountID, code string) string {
	sum := sha256.Sum256([]byte(accountID + ":" + code))
	return hex.EncodeToString(sum[:])
}
