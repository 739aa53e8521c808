package sealing

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"latchkey/internal/seal"
	"latchkey/models"
)

// A token is the 16 bytes of a link's id and an HMAC-SHA256 of it, in base64url. Nothing that is stored, such as a copy of the database,
// is enough to make one.
const (
	idBytes    = 16
	tokenBytes = idBytes + sha256.Size
)

// Token makes the token of the link with the id. It is called when the mail with the link is sent, and kept nowhere.
func (s *Service) Token(tx *models.Tx, id string) (string, error) {
	current, err := tx.SealingKey()
	var key *seal.Key
	switch {
	case err == nil:
		key, err = s.keys.Key(current.KeyID)
	case errors.Is(err, models.ErrNotFound): // nothing was sealed yet
		var keys []*seal.Key
		if keys, err = s.keys.Read(); err == nil {
			key = keys[0]
		}
	}
	if err != nil {
		return "", err
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil || len(raw) != idBytes {
		return "", errors.New("a link's id is not a UUID")
	}
	return base64.RawURLEncoding.EncodeToString(append(raw, key.MAC(id)...)), nil
}

// LinkOf returns the id of the link whose token it is, and whether one of the keys has made it. For a token that cannot be one it returns
// an id that no link has, so that the same work follows.
func (s *Service) LinkOf(token string) (id string, made bool, err error) {
	keys, err := s.keys.Read()
	if err != nil {
		return "", false, err
	}
	raw := make([]byte, tokenBytes)
	valid := false
	if len(token) == base64.RawURLEncoding.EncodedLen(tokenBytes) {
		n, err := base64.RawURLEncoding.Strict().Decode(raw, []byte(token))
		valid = err == nil && n == tokenBytes
	}
	text := hex.EncodeToString(raw[:idBytes])
	id = strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
	for _, key := range keys {
		if hmac.Equal(key.MAC(id), raw[idBytes:]) && valid {
			made = true
		}
	}
	return id, made, nil
}
