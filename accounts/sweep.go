package accounts

import "context"

// Sweep does what has become due, and counts the mails that it queues: it mails owners whose passwords expire soon or have expired
// and whose accounts end or are disabled soon, disables accounts that are not used, and records blocks that ended, one-time passwords that were never used, and refused requests that were only counted. It may run in
// several processes at once, and again after a crash. Its cost depends on what is due, not on the number of accounts.
func (s *Service) Sweep(ctx context.Context) (mails int, err error) {
	s.recordSuppressed(ctx)
	if mails, err = s.Mail.Sweep(ctx); err != nil {
		return mails, err
	}
	notices, err := s.sweepInactive(ctx)
	if mails += notices; err != nil {
		return mails, err
	}
	return mails, s.lockout.EndBlocks(ctx, s.Policies.Current())
}
