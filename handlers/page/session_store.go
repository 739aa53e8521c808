package page

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gorilla/sessions"

	"latchkey/accounts"
	"latchkey/accounts/core"
)

// The keys of a session's values.
const (
	FlashKey  = "flash"  // what was just done, for the next page
	UndoKey   = "undo"   // where the form goes that takes it back
	NoticeKey = "notice" // what holds as long as the next page is open
	NextKey   = "next"   // the page to open after a reset
	FormKey   = "kept"   // what was typed before a session ended, see [Kit.RestoreForm]
	HeldKey   = "held"   // the form that waits until its sender has confirmed who they are, see [Kit.Held]
)

// dataKey is the key of the values as they were read.
type dataKey struct{}

// sessionStore stores gorilla's sessions in our own table: the cookie holds a random token, the table its hash. Sessions start only
// at sign-in, which prevents session fixation.
type sessionStore struct {
	accounts                    *accounts.Service
	cookie                      string
	deviceCookie                string
	themeCookie, languageCookie string
	secure                      bool
	address                     func(*http.Request) string // of the client
}

var _ sessions.Store = (*sessionStore)(nil)

func newSessionStore(service *accounts.Service, secure bool, address func(*http.Request) string) *sessionStore {
	store := &sessionStore{accounts: service, cookie: "latchkey", deviceCookie: "latchkey-device",
		themeCookie: "latchkey-theme", languageCookie: "latchkey-language", secure: secure, address: address}
	if secure {
		for _, name := range []*string{&store.cookie, &store.deviceCookie, &store.themeCookie, &store.languageCookie} {
			*name = "__Host-" + *name
		}
	}
	return store
}

// Get returns the request's session, reading it once.
func (st *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(st, name)
}

// New reads the session of the request's cookie, or returns an empty one that is not stored.
func (st *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(st, name)
	session.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: st.secure, SameSite: http.SameSiteLaxMode}
	session.IsNew = true
	token := st.token(r)
	if token == "" {
		return session, nil
	}
	who, err := st.accounts.Sessions.Resolve(r.Context(), token, st.address(r))
	if errors.Is(err, core.ErrAddress) {
		session.ID, session.Values[ipBlockedKey{}] = token, &who // replaced by the next sign-in
		return session, nil
	}
	if errors.Is(err, core.ErrNotFound) {
		return session, nil
	}
	if err != nil {
		return session, err
	}
	session.ID, session.IsNew = token, false
	session.Values[visitorKey{}], session.Values[dataKey{}] = &who, who.Session.Data
	kept := map[string]string{}
	if who.Session.Data != "" {
		err = json.Unmarshal([]byte(who.Session.Data), &kept)
	}
	for key, text := range kept {
		session.Values[key] = text
	}
	return session, err
}

// token returns the token in the session cookie, or "".
func (st *sessionStore) token(r *http.Request) string { return onlyCookie(r, st.cookie) }

// onlyCookie returns the value of a cookie, or "" if there are two of the name, since one may be forged.
func onlyCookie(r *http.Request, name string) string {
	cookies := r.CookiesNamed(name)
	if len(cookies) != 1 {
		return ""
	}
	return cookies[0].Value
}

// Save stores the session's values and sets its cookie, even if storing fails. A negative MaxAge deletes the cookie.
func (st *sessionStore) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.ID == "" || session.Options.MaxAge < 0 {
		session.Options.MaxAge = -1
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return nil
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	data, err := encode(session)
	if read, _ := session.Values[dataKey{}].(string); err != nil || data == read {
		return err
	}
	return st.accounts.Sessions.SaveData(r.Context(), session.ID, data)
}

// encode serializes the values for later pages; the visitor is in columns.
func encode(session *sessions.Session) (string, error) {
	kept := map[string]string{}
	for _, key := range []string{FlashKey, UndoKey, NoticeKey, NextKey, FormKey, HeldKey} {
		if text, ok := session.Values[key].(string); ok && text != "" {
			kept[key] = text
		}
	}
	if len(kept) == 0 {
		return "", nil
	}
	data, err := json.Marshal(kept)
	return string(data), err
}
