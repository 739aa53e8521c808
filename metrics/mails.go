package metrics

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"latchkey/models"
)

// mails counts mails by outcome.
type mails struct{ ended, putOff *prometheus.CounterVec }

// finalStates are the states in which delivery ends.
func finalStates() []models.MailState {
	return []models.MailState{models.MailSent, models.MailFailed, models.MailDropped, models.MailCaptured}
}

func newMails(factory promauto.Factory) mails {
	m := mails{
		ended: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_mails_total", Help: "Mails that this process finished, by final state.",
		}, []string{"template", "state"}),
		putOff: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "latchkey_mail_tries_put_off_total", Help: "Failed tries to send a mail that will be repeated.",
		}, []string{"template"}),
	}
	for _, template := range models.MailTemplates() {
		for _, state := range finalStates() {
			m.ended.WithLabelValues(template, string(state))
		}
	}
	initialize(m.putOff, models.MailTemplates())
	return m
}

// MailSettled counts a mail by its state after a try; a waiting one will be tried again.
func (m mails) MailSettled(template string, state models.MailState) {
	if state == models.MailWaiting {
		m.putOff.WithLabelValues(template).Inc()
		return
	}
	m.ended.WithLabelValues(template, string(state)).Inc()
}
