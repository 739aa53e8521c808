package mfa

import (
	"crypto/sha256"
	"encoding/hex"

	"latchkey/accounts/credential"
)

// RecoveryCodes is how many codes a set has, and FewRecoveryCodes how many left are so few that their owner should replace them.
const (
	RecoveryCodes    = 10
	FewRecoveryCodes = 3
)

// recoveryForm is the form of recovery codes. Their 80 bits cannot be guessed from a hash, so that a slow one is not needed.
var recoveryForm = credential.CodeForm{Length: 16, Group: 4}

// hashRecoveryCode returns what is stored of a code. With the account's id, equal codes of two accounts differ.
func hashRecoveryCode(accountID, code string) string {
	sum := sha256.Sum256([]byte(accountID + ":" + code))
	return hex.EncodeToString(sum[:])
}
