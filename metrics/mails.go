package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"latchkey/models"
)

// mails counts what became of mails.
type mails struct{ ended, putOff *prometheus.CounterVec }

// lastStates are those that a mail can come to by being delivered.
func lastStates() []models.MailState {
	return []models.MailState{models.MailSent, models.MailFailed, models.MailDropped, models.MailCaptured}
}

func newMails(factory promauto.Factory) mails {
	m := mails{
		ended: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_mails_total", Help: "Mails that this process has brought to an end, by the state that they ended in.",
		}, []string{"template", "state"}),
		putOff: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_mail_tries_put_off_total", Help: "Tries to send a mail after which it has to be tried again.",
		}, []string{"template"}),
	}
	for _, template := range models.MailTemplates() {
		for _, state := range lastStates() {
			m.ended.WithLabelValues(template, string(state))
		}
	}
	begin(m.putOff, models.MailTemplates())
	return m
}

// MailSettled counts a mail that was taken in hand, by the state that it is in now: one that waits again was put off.
func (m mails) MailSettled(template string, state models.MailState) {
	if state == models.MailWaiting {
		m.putOff.WithLabelValues(template).Inc()
		return
	}
	m.ended.WithLabelValues(template, string(state)).Inc()
}
