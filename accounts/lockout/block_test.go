package lockout

import (
	"math"
	"testing"

	"latchkey/accounts/policy"
	"latchkey/models"
	"latchkey/password"
)

// budgetOf returns the budget of an account under a policy's number of attempts, and a cap.
func budgetOf(row, limit int, account models.Account) budget {
	s := &Service{settings: Settings{Cap: limit}}
	return s.budget(policy.NewRules(nil, password.Policies{Account: password.Policy{MaxLoginAttempts: row}}, policy.Settings{}), account)
}

// TestRemainingAttempts: whether one more attempt may be verified, by what has failed and what is being verified.
func TestRemainingAttempts(t *testing.T) {
	for _, tc := range []struct {
		row, limit         int // the policy's number, and the cap
		failed, inARow     int
		reserved           int
		untrusted, trusted bool // one more attempt of an untrusted client, of a trusted browser that failed as often
	}{
		{10, 100, 0, 0, 0, true, true},
		{10, 100, 0, 0, 9, true, true},
		{10, 100, 0, 0, 10, false, false},
		{10, 100, 9, 9, 0, true, true},
		{10, 100, 9, 9, 1, false, false},
		{10, 100, 5, 95, 4, true, true},
		{10, 100, 5, 95, 5, false, false},
		{10, 100, 0, 99, 1, false, true}, // the cap is for untrusted clients
		{10, 100, 12, 12, 0, true, true}, // the policy was changed: one at a time
		{10, 100, 12, 12, 1, false, false},
		{10, 0, 0, 5000, 9, true, true},
		{0, 0, 5000, 5000, 5000, true, true},
		{-1, 100, 50, 99, 0, true, true},
		{-1, 100, 50, 99, 1, false, true},
		{0, 100, 99, 99, 1, false, false}, // without a number, a device has as many as the cap allows
		{1, 100, 0, 0, 0, true, true},
		{1, 100, 0, 0, 1, false, false},
	} {
		b := budgetOf(tc.row, tc.limit, models.Account{FailedAttempts: tc.failed, FailedInRow: tc.inARow, DeviceFailures: tc.failed})
		untrusted, trusted := tc.reserved < b.untrusted, tc.reserved < b.trusted
		if untrusted != tc.untrusted || trusted != tc.trusted {
			t.Errorf("%+v: untrusted %t, trusted %t", tc, untrusted, trusted)
		}
	}
}

// TestLargestLimitIsALimit: trusted browsers have a budget of their own under the largest number that a policy can name.
func TestLargestLimitIsALimit(t *testing.T) {
	if b := budgetOf(math.MaxInt32, 0, models.Account{}); b.trusted == unlimited || b.blocks {
		t.Errorf("%+v", b)
	}
}

// TestWhichCountBlocks: and when the trusted browsers have used up their attempts.
func TestWhichCountBlocks(t *testing.T) {
	for _, tc := range []struct {
		row, limit                  int
		failed, inARow              int
		blocks, permanently, usedUp bool
	}{
		{10, 100, 9, 99, false, false, false},
		{10, 100, 10, 10, true, false, true},
		{10, 100, 10, 100, true, true, true},
		{10, 100, 3, 100, true, true, false},
		{10, 0, 9, 5000, false, false, false},
		{0, 100, 99, 99, false, false, false},
		{0, 100, 100, 100, true, true, true},
		{0, 0, 5000, 5000, false, false, false},
		{-1, -1, 5000, 5000, false, false, false},
	} {
		b := budgetOf(tc.row, tc.limit, models.Account{FailedAttempts: tc.failed, FailedInRow: tc.inARow, DeviceFailures: tc.failed})
		if b.blocks != tc.blocks || b.permanently != tc.permanently || b.trustedUsedUp != tc.usedUp {
			t.Errorf("%+v: blocks %t, permanently %t, trusted browsers used up %t", tc, b.blocks, b.permanently, b.trustedUsedUp)
		}
	}
}
