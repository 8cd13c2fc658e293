// Notary's server, for one chapter of the workbook: the publisher's own packages, everything in memory, no user names.
//
//	notaryd CERTIFICATE KEY   serves https on port 4443
//
// A signal USR1 makes the timestamps that it signs from now on live ten seconds, in place of the 14 days that are
// usual; USR2 makes it 14 days again.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/docker/distribution/registry/api/errcode"
	"github.com/sirupsen/logrus"
	"github.com/theupdateframework/notary"
	"github.com/theupdateframework/notary/server"
	"github.com/theupdateframework/notary/server/errors"
	_ "github.com/theupdateframework/notary/server/handlers"
	"github.com/theupdateframework/notary/server/storage"
	"github.com/theupdateframework/notary/tuf/data"
	"github.com/theupdateframework/notary/tuf/signed"
	"github.com/theupdateframework/notary/tuf/validation"
	"github.com/theupdateframework/notary/utils"
)

//go:linkname validateUpdate github.com/theupdateframework/notary/server/handlers.validateUpdate
func validateUpdate(signed.CryptoService, data.GUN, []storage.MetaUpdate, storage.MetaStore) ([]storage.MetaUpdate, error)

// What a publisher uploads: the names of parts say for which role they are, as targets/releases.json.
var uploads = regexp.MustCompile(`^/v2/(.+)/_trust/tuf/$`)

// uploader takes uploads in as the publisher's own handler does, which Go has broken since: from 1.17 on, a part's
// FileName() is without its folder, and so no delegation can be signed (RFC 7578, section 4.2).
func uploader(trust signed.CryptoService, store storage.MetaStore, next http.Handler) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		path := uploads.FindStringSubmatch(request.URL.Path)
		if request.Method != http.MethodPost || path == nil {
			next.ServeHTTP(answer, request)
			return
		}
		if err := upload(trust, store, data.GUN(path[1]), request); err != nil {
			log.Printf("refused: %v", err)
			errcode.ServeJSON(answer, err)
		}
	})
}

func upload(trust signed.CryptoService, store storage.MetaStore, gun data.GUN, request *http.Request) error {
	parts, err := request.MultipartReader()
	if err != nil {
		return errors.ErrMalformedUpload.WithDetail(nil)
	}
	var updates []storage.MetaUpdate
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		} else if err != nil {
			return errors.ErrMalformedUpload.WithDetail(nil)
		}
		_, name, _ := strings.Cut(part.Header.Get("Content-Disposition"), `filename="`)
		name, _, _ = strings.Cut(name, `"`)
		role := data.RoleName(strings.TrimSuffix(name, ".json"))
		if !data.ValidRole(role) {
			return errors.ErrInvalidRole.WithDetail(role)
		}
		content, err := io.ReadAll(io.LimitReader(part, notary.MaxDownloadSize))
		meta := &data.SignedMeta{}
		if err != nil || json.Unmarshal(content, meta) != nil {
			return errors.ErrMalformedJSON.WithDetail(nil)
		}
		updates = append(updates, storage.MetaUpdate{Role: role, Version: meta.Signed.Version, Data: content})
	}
	updates, err = validateUpdate(trust, gun, updates, store)
	if err != nil {
		why, _ := validation.NewSerializableError(err)
		return errors.ErrInvalidUpdate.WithDetail(why)
	}
	if err := store.UpdateMany(gun, updates); err != nil {
		return errors.ErrUpdating.WithDetail(err.Error())
	}
	return nil
}

func lives(timestamps time.Duration) {
	data.SetDefaultExpiryTimes(map[data.RoleName]time.Duration{data.CanonicalTimestampRole: timestamps})
	log.Printf("timestamps that are signed from now on live %v", timestamps)
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("notaryd CERTIFICATE KEY")
	}
	logrus.SetLevel(logrus.WarnLevel)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	go func() {
		for one := range signals {
			if one == syscall.SIGUSR1 {
				lives(10 * time.Second)
			} else {
				lives(notary.NotaryTimestampExpiry)
			}
		}
	}()
	// As cmd/notary-server does it for `"trust_service": {"type": "local"}` and `"storage": {"backend": "memory"}`.
	trust, store := signed.NewEd25519(), storage.NewMemStorage()
	ctx := context.WithValue(context.Background(), notary.CtxKeyKeyAlgo, data.ED25519Key)
	ctx = context.WithValue(ctx, notary.CtxKeyMetaStore, store)
	handler := server.RootHandler(
		ctx, nil, trust, utils.NewCacheControlConfig(0, false), utils.NewCacheControlConfig(0, true), nil)
	listening := &http.Server{Addr: ":4443", Handler: uploader(trust, store, handler), TLSConfig: &tls.Config{}}
	log.Fatal(listening.ListenAndServeTLS(os.Args[1], os.Args[2]))
}
