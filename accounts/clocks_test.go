package accounts_test

import (
	"testing"
	"time"

	"latchkey/accounts"
	"latchkey/models"
)

// An owner gets one reminder and one expiry mail, whole days of 24 hours after the password was set: around a leap day, both changes of
// summer time, and with two replicas whose clocks differ by a minute and are then set a day back and forth.
func TestOneReminderWhateverTheClocksSay(t *testing.T) {
	for name, expires := range map[string]time.Time{
		"leap day":                    time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
		"the day after":               time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC),
		"the hour that is left out":   time.Date(2027, 3, 28, 1, 30, 0, 0, time.UTC), // in Berlin
		"the hour that comes twice":   time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC),
		"the end of a year in Tokyo":  time.Date(2027, 12, 31, 15, 0, 0, 0, time.UTC),
		"between two of those events": time.Date(2028, 3, 27, 3, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			scenario(t, func(t *testing.T, w *world) { oneReminder(t, w, expires) })
		})
	}
}

func oneReminder(t *testing.T, w *world, expires time.Time) {
	berlin := must(time.LoadLocation("Europe/Berlin"))(t)
	set, reminds := expires.Add(-64*day), expires.Add(-5*day)
	w.clock.Set(set)
	ada := w.customer("ada")
	ahead := w.another(func(o *accounts.Options) { // whose machine is in a zone with summer time
		o.Now = func() time.Time { return w.clock.Now().Add(time.Minute).In(berlin) }
	})
	told := func(at time.Time, want map[string]int) {
		t.Helper()
		w.clock.Set(at)
		for _, replica := range []*world{w, ahead, w} {
			if _, err := replica.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]int{}
		for _, mail := range w.mails(models.MailFilter{AccountID: ada.ID}) {
			got[mail.Template]++
		}
		for _, template := range models.MailTemplates() {
			if got[template] != want[template] {
				t.Errorf("at %s there are %d of %s, want %d", at, got[template], template, want[template])
			}
		}
	}
	one := map[string]int{models.MailReminder: 1}
	told(reminds.Add(-time.Minute-time.Microsecond), nil)
	told(reminds.Add(-time.Minute), one) // due by the clock that is ahead
	told(reminds, one)
	told(reminds.Add(-day), one)
	told(reminds.Add(day), one)
	both := map[string]int{models.MailReminder: 1, models.MailExpiration: 1}
	told(expires.Add(-time.Minute-time.Microsecond), one)
	told(expires.Add(-time.Minute), both)
	told(expires, both)
	told(expires.Add(-day), both)
	told(expires.Add(day), both)
}
