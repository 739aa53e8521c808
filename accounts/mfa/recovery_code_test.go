package mfa

import (
	"testing"

	"latchkey/internal/testkit"
)

func TestEqualRecoveryCodesOfTwoAccountsAreStoredDifferently(t *testing.T) {
	testkit.Parallel(t)
	if hashRecoveryCode("a", "7K3MQ9PX7K3MQ9PX") == hashRecoveryCode("b", "7K3MQ9PX7K3MQ9PX") {
		t.Error("they have the same hash")
	}
}
