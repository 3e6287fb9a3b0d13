### Alles, was Moult sagt, auf Deutsch. Kurz, freundlich, genau; „Sie“; keine Ausrufezeichen.

## The frame

step-of = Schritt { $step } von { $count }
step-welcome = Willkommen
step-network = Netzwerk
step-disk = Datenträger
step-account = Konto
step-summary = Übersicht
step-install = Installation
step-done = Fertig
continue = Weiter
back = Zurück
quit = Beenden
cancel = Abbrechen
change = Ändern
try-again = Noch einmal versuchen
start-over = Von vorn beginnen
details-show = Einzelheiten zeigen
details-hide = Einzelheiten verbergen
language-label = Sprache
keyboard-search = Belegung suchen
keyboard-none-found = Keine Belegung hat das im Namen.
appearance-light = Hell
appearance-dark = Dunkel
appearance-contrast = Hoher Kontrast
backend-starting = Wird vorbereitet …
backend-again = Der Teil von Moult, der an den Datenträgern arbeitet, wurde beendet. Er wird neu gestartet …
indicator-online = Verbunden
indicator-connecting = Verbindet …
indicator-offline = Kein Netzwerk
indicator-unavailable = Kein Netzwerkdienst

## Welcome

welcome-title = Willkommen
welcome-lead = Wenige Schritte, und dieser Computer hat ein neues System. Auf Ihren Datenträgern ändert sich nichts, bevor Sie es auf der Seite „Übersicht“ bestätigen.
welcome-language = Sprache
welcome-keyboard = Tastaturbelegung
welcome-keyboard-change = Andere Belegung
welcome-test = Hier können Sie die Tasten ausprobieren
welcome-test-hint = Tippen Sie die Zeichen, die Ihre Tastatur besonders machen

## Network

network-title = Gibt es ein Netzwerk?
network-lead = Eine Verbindung holt die Pakete, die nicht auf diesem Medium liegen. Sie wird auch in das neue System übernommen.
network-wired = Kabel ({ $interface })
network-wifi = WLAN
network-wifi-none = Kein WLAN ist in Reichweite.
network-wifi-no-device = Dieser Computer hat kein WLAN-Gerät, das hier benutzt werden kann.
network-none = Kein Netzwerkgerät wurde gefunden.
network-look-again = Noch einmal suchen
network-link-unplugged = Kein Kabel
network-link-disconnected = Nicht verbunden
network-link-connecting = Verbindet …
network-link-connected = Verbunden
network-link-failed = Der letzte Versuch ist gescheitert
network-link-address = Verbunden, Adresse { $address }
network-method = Adresse
network-method-dhcp = Automatisch
network-method-static = Von Hand
network-settings = Einstellungen
network-address = Adresse mit Präfix
network-address-hint = 192.0.2.7/24
network-gateway = Gateway (darf leer bleiben)
network-gateway-hint = 192.0.2.1
network-dns = Nameserver, durch Leerzeichen getrennt (darf leer bleiben)
network-dns-hint = 192.0.2.53
network-apply = Übernehmen
network-applying = { $interface } wird eingerichtet …
network-address-wrong = Eine Adresse sieht aus wie 192.0.2.7/24.
network-gateway-wrong = Ein Gateway sieht aus wie 192.0.2.1.
network-dns-wrong = Jeder Nameserver sieht aus wie 192.0.2.53.
network-join = Verbinden
network-joining = { $network } wird verbunden …
network-key = Schlüssel von { $network }
network-key-short = Der Schlüssel hat 8 bis 63 Zeichen.
network-hidden = Ein Netzwerk, das seinen Namen nicht zeigt
network-hidden-name = Name des Netzwerks
network-hidden-key = Schlüssel (leer, wenn es keinen hat)
network-name-wrong = Der Name hat 1 bis 32 Bytes.
network-active = Verbunden
network-open = Offen (andere können mithören)
network-protected = Geschützt
network-unsupported = Kann von hier nicht verbunden werden
network-strength = Signal { $percent } %
network-offline-note = Es geht auch ohne Netzwerk. Falls Pakete auf diesem Medium fehlen, erfahren Sie es, bevor etwas geschrieben wird.
network-skip = Ohne Netzwerk weiter

## Disk

disk-title = Wohin soll das System?
disk-lead = Nichts wird geschrieben, bevor Sie es auf der Seite „Übersicht“ bestätigen.
disk-looking = Die Datenträger werden angesehen …
disk-none = Kein Datenträger wurde gefunden.
disk-none-free = Keiner dieser Datenträger kann benutzt werden. Der Grund steht jeweils dabei.
disk-look-again = Noch einmal suchen
disk-serial = Seriennr. …{ $tail }
disk-removable = kann abgezogen werden
disk-empty = Es ist nichts darauf
disk-minimum = Das System braucht mindestens { $size }.
disk-erased = Alles auf { $disk } wird gelöscht, wenn Sie später bestätigen.
disk-cannot = Nicht wählbar: { $reason }
disk-filesystem = Dateisystem
filesystem-ext4 = ext4
filesystem-ext4-note = seit vielen Jahren bewährt
filesystem-xfs = XFS
filesystem-xfs-note = schnell mit großen Dateien
filesystem-btrfs = Btrfs
filesystem-btrfs-note = kann Schnappschüsse Ihrer Dateien behalten
bus-nvme = NVMe
bus-ata = SATA
bus-usb = USB
bus-scsi = SCSI
bus-mmc = Speicherkarte
bus-virtio = Virtueller Datenträger
bus-loop = Datenträgerabbild
bus-other = Anderer Anschluss
refusal-live-medium = Sie haben diesen Computer davon gestartet.
refusal-in-use = er wird gerade benutzt.
refusal-in-use-at = er wird gerade benutzt ({ $at }).
refusal-too-small = er ist zu klein.
refusal-too-small-needed = er ist zu klein; das System braucht { $size }.
refusal-read-only = er kann nicht beschrieben werden (vielleicht ist ein Schreibschutz eingeschaltet).
refusal-unreadable = er konnte nicht gelesen werden.
refusal-unreadable-why = er konnte nicht gelesen werden ({ $why }).
segment-free = Frei
segment-esp = Startpartition
segment-system = System
segment-data = Daten
segment-swap = Auslagerung
segment-encrypted = Verschlüsselt
segment-unknown = Unbekannt
segment-new = Neu
segment-with-size = { $name } · { $size }

## Account

account-title = Wer wird diesen Computer benutzen?
account-lead = Dieses Konto darf das System verwalten.
account-full-name = Vollständiger Name
account-full-name-hint = Darf leer bleiben
account-user-name = Benutzername
account-password = Passwort
account-password-again = Das Passwort noch einmal
account-hostname = Name dieses Computers
account-layout = Getippt mit: { $layout }
account-user-name-empty = Zum Anmelden braucht es einen Benutzernamen.
account-user-name-start = Der Benutzername beginnt mit einem kleinen Buchstaben von a bis z.
account-user-name-characters = Der Benutzername darf kleine Buchstaben von a bis z, Ziffern, - und _ haben.
account-user-name-long = Der Benutzername hat höchstens 32 Zeichen.
account-user-name-taken = Den Namen { $name } benutzt das System selbst.
account-full-name-characters = Der vollständige Name kann keinen Doppelpunkt, kein Komma und keinen Zeilenumbruch enthalten.
account-full-name-long = Der vollständige Name ist zu lang.
account-password-empty = Zum Anmelden braucht es ein Passwort.
account-password-long = Das Passwort ist zu lang.
account-password-again-empty = Tippen Sie das Passwort noch einmal, damit kein Vertipper Sie aussperrt.
account-password-differs = Die beiden Passwörter sind verschieden.
account-hostname-empty = Der Computer braucht einen Namen.
account-hostname-characters = Der Name des Computers darf Buchstaben von a bis z, Ziffern und - haben.
account-hostname-edges = Der Name des Computers kann nicht mit - beginnen oder enden.
account-hostname-long = Der Name des Computers hat höchstens 63 Zeichen.
account-hostname-suggestion = { $name }-pc
strength-0 = Sehr schwach
strength-1 = Schwach
strength-2 = Mittel
strength-3 = Gut
strength-4 = Stark
strength-with-advice = { $word }. { $advice }
advice-common = Viele benutzen es; es wird zuerst probiert.
advice-keys = Benachbarte Tasten sind leicht zu erraten.
advice-repeat = Wiederholte Zeichen sind leicht zu erraten.
advice-sequence = Reihen, Jahre und Daten sind leicht zu erraten.
advice-name = Namen sind leicht zu erraten.
advice-swap = Großbuchstaben und vertauschte Zeichen helfen kaum.
advice-more = Ein oder zwei Wörter mehr machen es stärker.

## Summary

summary-title = Das wird geschehen
summary-preparing = Der Plan wird gemacht …
summary-before = { $disk } jetzt
summary-after = { $disk } danach
summary-lost = Was jetzt auf { $disk } ist, geht verloren: { $size }. Es kann nicht zurückgeholt werden.
summary-lost-nothing = Auf { $disk } ist nichts, was verloren ginge.
summary-others = Kein anderer Datenträger wird verändert.
summary-new = { $system } bekommt { $size } von { $disk }.
summary-steps = { $count ->
        [one] Ein Schritt verändert den Datenträger.
       *[other] { $shown } Schritte verändern den Datenträger.
    }
summary-turn-back = Hat Schritt { $step } begonnen, kann nicht zurückgeholt werden, was auf dem Datenträger war. Bis Sie hier bestätigen, wird nichts geschrieben.
summary-packages = { $count ->
        [one] Ein Paket wird installiert, { $size } sind zu holen.
       *[other] { $shown } Pakete werden installiert, { $size } sind zu holen.
    }
summary-language = Sprache
summary-keyboard = Tastatur
summary-network = Netzwerk
summary-disk = Datenträger
summary-filesystem = Dateisystem
summary-account = Konto
summary-account-named = { $full } ({ $user })
summary-hostname = Name des Computers
summary-timezone = Zeitzone
summary-confirm-erase = { $disk } löschen und installieren
summary-confirm = Auf { $disk } installieren
summary-hold = Halten Sie den Knopf unten eine Sekunde lang gedrückt: Dann beginnt das Löschen.
summary-failed = Der Plan konnte nicht gemacht werden.

## Installation

progress-title = Installation auf { $disk }
progress-nothing-else = Sie können den Computer allein lassen; kein anderer Datenträger wird verändert.
phase-check = Der Datenträger wird noch einmal angesehen: Ist es der, dem Sie zugestimmt haben?
phase-resolve = Die Pakete werden ausgewählt.
phase-partition = Der Datenträger wird eingeteilt, die Dateisysteme werden angelegt.
phase-fetch = Die Pakete werden geholt.
phase-store = Die Pakete werden ausgepackt.
phase-compose = Das System wird zusammengesetzt.
phase-configure = Ihr Konto, die Tastatur und das Netzwerk werden eingerichtet.
phase-refresh = Die Paketlisten werden gelesen.
phase-triggers = Was die Pakete brauchen, wird ausgeführt.
phase-activate = Der neue Stand wird eingesetzt.
phase-verify = Jede Datei wird mit dem verglichen, was sie sein soll.
phase-prune = Alte Stände werden entfernt.
phase-export = Das System wird an einen anderen Ort geschrieben.
phase-finish = Alles wird zu Ende geschrieben und nachgelesen.
progress-bytes = { $done } von { $total }
progress-packages = { $total ->
        [one] { $shown_done } von einem Paket
       *[other] { $shown_done } von { $shown_total } Paketen
    }
progress-steps = { $total ->
        [one] { $shown_done } von einem Schritt
       *[other] { $shown_done } von { $shown_total } Schritten
    }
left-unknown = Wie lange es dauert, zeigt sich gleich …
left-seconds = Weniger als eine Minute
left-minutes = { $count ->
        [one] Noch etwa eine Minute
       *[other] Noch etwa { $count } Minuten
    }
left-hours = { $count ->
        [one] Noch etwa eine Stunde
       *[other] Noch etwa { $count } Stunden
    }
progress-log-empty = Noch ist nichts vermerkt.
cancel-means-free = Sie können noch abbrechen: Es ist noch nichts verändert.
cancel-means-unfinished = Wenn Sie jetzt abbrechen, bleibt { $disk } gelöscht und unfertig.
cancel-means-no = Abbrechen geht nicht mehr; was noch fehlt, dauert nur einen Augenblick.
cancel-ask-free = Jetzt aufhören? Es ist noch nichts verändert.
cancel-ask-unfinished = Jetzt aufhören? { $disk } ist schon gelöscht und hätte dann kein ganzes System.
cancel-stop = Installation beenden
cancel-keep = Weitermachen
cancel-stopping = Wird beendet …

## Done

no-boot-loader = Noch kein Startprogramm: Moult richtet noch nicht ein, was einen Computer von diesem Datenträger startet. Das System darauf startet in einem Container, nicht auf einem eigenen Computer.
done-title = Das System ist installiert
done-disk = Es ist auf { $disk }, vollständig geschrieben.
done-account = Melden Sie sich als { $user } an, mit dem Passwort, das Sie gewählt haben.
done-lead = Hier ist nichts mehr zu tun.

## Failed

failed-what = Was geschehen ist
failed-todo = Was Sie tun können
failed-details = Einzelheiten
failed-no-details = Weitere Einzelheiten gibt es nicht.
state-untouched = Nichts wurde verändert. Ihre Datenträger sind, wie sie waren.
state-disk-unfinished = { $disk ->
        [none] Der gewählte Datenträger wurde gelöscht und hat noch kein ganzes System. Sonst wurde nichts verändert.
       *[other] { $disk } wurde gelöscht und hat noch kein ganzes System. Sonst wurde nichts verändert.
    }
state-installed = { $disk ->
        [none] Der gewählte Datenträger hat ein ganzes neues System.
       *[other] { $disk } hat ein ganzes neues System.
    }
state-system-intact = Das System, das Sie hatten, ist ganz und startet weiterhin.
state-activated = Der neue Stand ist eingesetzt und heil.
state-unknown = { $disk ->
        [none] Wie es um den gewählten Datenträger steht, ist nicht bekannt. Sehen Sie nach, bevor Sie damit arbeiten.
       *[other] Wie es um { $disk } steht, ist nicht bekannt. Sehen Sie nach, bevor Sie damit arbeiten.
    }
the-disk = Der Datenträger
failure-none = Es ist nichts schiefgegangen.
failure-none-todo = Sie können weitermachen.
failure-cancelled = Sie haben es angehalten, bevor es fertig war.
failure-cancelled-todo = Beginnen Sie von vorn, wann immer Sie möchten.
failure-busy = Eine andere Änderung läuft.
failure-busy-todo = Warten Sie, bis sie zu Ende ist, und versuchen Sie es dann noch einmal.
failure-not-authorized = Moult durfte das System nicht ändern.
failure-not-authorized-todo = Versuchen Sie es noch einmal und erlauben Sie es, oder fragen Sie die Person, die sich um diesen Computer kümmert.
failure-backend-stopped = Der Teil von Moult, der Änderungen macht, hörte auf, bevor er fertig war.
failure-backend-stopped-todo = Beginnen Sie von vorn. Geschieht es wieder, helfen die Einzelheiten unten dem, der nachsieht.
failure-bad-input = Eine der Angaben lässt sich nicht ausführen ({ $field }: { $reason }).
failure-bad-input-todo = Gehen Sie zurück, ändern Sie die Angabe und versuchen Sie es noch einmal.
failure-disk-gone = { $disk } ist nicht mehr da.
failure-disk-gone-todo = Schließen Sie ihn wieder an oder wählen Sie einen anderen Datenträger.
failure-disk-changed = { $disk } ist nicht mehr so, wie er war, als Sie dem Plan zustimmten: { $difference }
failure-disk-changed-todo = Beginnen Sie von vorn und sehen Sie sich den neuen Zustand an, bevor Sie bestätigen.
failure-disk-too-small = { $disk } ist zu klein: Er hat { $size }, gebraucht werden { $needed }.
failure-disk-too-small-todo = Wählen Sie einen größeren Datenträger.
failure-disk-refused = { $disk } kann nicht gewählt werden: { $reason }
failure-disk-refused-todo = Wählen Sie einen anderen Datenträger.
failure-plan-unknown = Der bestätigte Plan gilt nicht mehr.
failure-plan-unknown-todo = Beginnen Sie von vorn; ein neuer Plan wird gemacht und Ihnen gezeigt.
failure-disk-full = Auf dem Datenträger war nicht genug Platz.
failure-disk-full-todo = Beginnen Sie von vorn, mit einem größeren Datenträger.
failure-disk-failed = Lesen oder Schreiben ist gescheitert ({ $path }).
failure-disk-failed-todo = Der Datenträger oder sein Kabel ist vielleicht defekt. Versuchen Sie es noch einmal oder nehmen Sie einen anderen.
failure-tool-failed = Ein Systemprogramm gab auf ({ $tool }, { $status }).
failure-tool-failed-todo = Beginnen Sie von vorn. Geschieht es wieder, helfen die Einzelheiten unten dem, der nachsieht.
failure-repository-unreachable = Die Paketquelle ist nicht zu erreichen ({ $uri }).
failure-repository-unreachable-todo = Sehen Sie nach dem Netzwerk und versuchen Sie es dann noch einmal.
failure-repository-damaged = Die Paketliste ist beschädigt ({ $uri }).
failure-repository-damaged-todo = Versuchen Sie es später noch einmal oder nehmen Sie ein anderes Medium.
failure-package-damaged = Ein Paket ist nicht das, was die Liste versprach ({ $package }); es wurde nicht benutzt.
failure-package-damaged-todo = Versuchen Sie es noch einmal; bleibt es so, ist das Medium oder die Quelle beschädigt.
failure-unresolvable = Die Pakete passen nicht zusammen: { $explanation }
failure-unresolvable-todo = Das ist ein Fehler der Paketquelle. Versuchen Sie es später noch einmal.
failure-file-conflict = Zwei Pakete, { $first } und { $second }, bringen beide { $path } mit.
failure-file-conflict-todo = Das ist ein Fehler der Paketquelle. Versuchen Sie es später noch einmal.
failure-network-wrong-key = { $network ->
        [none] Das Netzwerk hat den Schlüssel nicht angenommen.
       *[other] { $network } hat den Schlüssel nicht angenommen.
    }
failure-network-wrong-key-todo = Achten Sie auf Großbuchstaben und auf die Tastaturbelegung und tippen Sie ihn noch einmal.
failure-network-lost = { $network ->
        [none] Die Verbindung zum Netzwerk ging verloren.
       *[other] Die Verbindung zu { $network } ging verloren.
    }
failure-network-lost-todo = Gehen Sie näher heran oder sehen Sie nach dem Kabel und versuchen Sie es dann noch einmal.
failure-network-no-address = { $network ->
        [none] Dieser Computer bekam vom Netzwerk keine Adresse.
       *[other] Dieser Computer bekam von { $network } keine Adresse.
    }
failure-network-no-address-todo = Versuchen Sie es noch einmal oder geben Sie die Adresse von Hand ein.
failure-network-unavailable = Es gibt keinen Netzwerkdienst oder kein solches Gerät.
failure-network-unavailable-todo = Es geht auch ohne Netzwerk weiter.
failure-not-confirmed = Niemand hat die Änderung bestätigt.
failure-not-confirmed-todo = Beantworten Sie die Frage, oder sagen Sie vorher --yes.
failure-package-unknown = Es gibt kein Paket { $package }.
failure-package-unknown-todo = Suchen Sie nach einem Teil des Namens; vielleicht bringt es eine Auffrischung.
failure-package-not-installed = { $package } ist nicht installiert.
failure-package-not-installed-todo = „moultctl list“ zeigt, was installiert ist.
failure-repository-unknown = Es gibt keine Paketquelle { $repository }.
failure-repository-unknown-todo = „moultctl repo list“ zeigt, welche es gibt.
failure-repository-untrusted = Der Paketliste von { $repository } ist nicht zu trauen: { $reason }
failure-repository-untrusted-todo = Die bisherige Liste bleibt in Gebrauch. Versuchen Sie es später noch einmal; bleibt es so, fragen Sie, wer die Quelle betreibt.
failure-state-unknown = Es gibt keinen Stand { $state }.
failure-state-unknown-todo = „moultctl state list“ zeigt, welche es gibt.
failure-state-active = Stand { $state } ist das System, das gerade läuft: Er lässt sich nicht entfernen.
failure-state-active-todo = Wechseln Sie zuerst zu einem anderen Stand.
failure-state-pinned = Stand { $state } ist angeheftet und bleibt.
failure-state-pinned-todo = Lösen Sie ihn zuerst.
failure-model-invalid = Das Modell ist nicht zu gebrauchen: { $reason }
failure-model-invalid-todo = Berichtigen Sie das Modell und versuchen Sie es noch einmal.
failure-trigger-failed = Was ein Paket ausführen wollte, ist gescheitert ({ $trigger }).
failure-trigger-failed-todo = Was es ausgab, hilft dem, der das Paket pflegt.
failure-read-only = Dort lässt sich nichts schreiben ({ $path }).
failure-read-only-todo = Machen Sie das Dateisystem beschreibbar und versuchen Sie es noch einmal.
failure-root-blocked = Etwas steht dort, wo das System hin muss ({ $path }).
failure-root-blocked-todo = Schaffen Sie es beiseite und versuchen Sie es noch einmal.
failure-too-new = Dieses Moult ist zu alt für { $what }.
failure-too-new-todo = Aktualisieren Sie zuerst Moult.
failure-packages-refused = Das geht nicht: { $reason }
failure-packages-refused-todo = Sehen Sie sich den Grund an, ändern Sie die Anfrage und versuchen Sie es noch einmal.
failure-internal = Es ist etwas geschehen, was nicht geschehen sollte.
failure-internal-todo = Beginnen Sie von vorn. Die Einzelheiten unten helfen dem, der nachsieht.
not-known = nicht bekannt

## Programs without a window

moult-about = Moults grafisches Installationsprogramm und Software-Laden
moult-install-about = Ein System auf diesem Computer installieren
moult-store-about = Software ansehen, installieren und aktualisieren
moult-trace-help = Schreibt eine JSON-Zeile je Ereignis nach stderr: Seiten, Orte der Bedienelemente, Aufträge
moult-size-help = Öffnet ein Fenster dieser Größe statt des ganzen Bildschirms, zum Beispiel 1280x800
moult-is-root = moult läuft nicht als root: Das Fenster braucht diese Macht nicht. Starten Sie es als gewöhnlicher Benutzer; es fragt selbst um Erlaubnis.
moult-no-store = Den Software-Laden gibt es noch nicht. „moult install“ installiert ein System.
moult-size-wrong = Eine Größe sieht aus wie 1280x800 und ist mindestens 800x600.
moult-no-window = Das Fenster konnte nicht geöffnet werden: { $reason }
ctl-about = Moult ohne Fenster
ctl-inspect-about = Zeigt, was in einer .stone-Datei ist, und ob sie heil ist
ctl-file-help = Die .stone-Datei
ctl-json-help = Schreibt JSON statt Text
ctl-cannot-open = { $file } kann nicht geöffnet werden: { $reason }
ctl-not-a-file = { $file } ist keine Datei.
ctl-refused = { $file } konnte nicht als Stone gelesen werden: { $reason }
ctl-no-backend = moult-backend wurde nicht gefunden ({ $path }).
ctl-backend-failed = moult-backend antwortet nicht: { $reason }
ctl-file = Datei
ctl-kind = Art
ctl-kind-version = { $kind }, Version { $version }
ctl-verified = Geprüft
ctl-verified-yes = jede Prüfsumme stimmt
ctl-verified-no = nicht alles konnte geprüft werden
ctl-payloads = Abschnitte
ctl-payload-head = Art
ctl-compression-head = gepackt
ctl-records-head = Einträge
ctl-stored-head = gespeichert
ctl-plain-head = entpackt
ctl-checksum-head = Prüfsumme
ctl-meta = Angaben
ctl-meta-of = Angaben { $number }
ctl-layout = { $count ->
        [one] Ein Eintrag unter /usr
       *[other] { $shown } Einträge unter /usr
    }
ctl-attributes = Attribute
ctl-exit-codes = Rückgabewert: 0 getan, 1 verweigert oder gescheitert (was da war, ist heil), 2 falsch benutzt.
ctl-heading-usage = Aufruf:
ctl-heading-commands = Befehle
ctl-heading-options = Optionen
ctl-heading-arguments = Angaben
ctl-help-help = Zeigt diese Hilfe
ctl-version-help = Zeigt die Version
ctl-root-help = Arbeitet am System in diesem Ordner statt am laufenden; ändern darf es nur root
ctl-yes-help = Fragt nicht vor einer Änderung (ein Skript muss das sagen)
ctl-package-help = Name eines Pakets
ctl-wanted-help = Ein Paket, was ein Paket gibt, eine seiner Ausgaben oder eine lokale Datei
ctl-dry-run-help = Zeigt die ganze Änderung und macht keine
ctl-orphans-help = Entfernt auch, was niemand gewählt hat und niemand braucht
ctl-install-about = Installiert Pakete
ctl-install-more = Ein Name (bash), was ein Paket gibt („binary(bash)“), eine Ausgabe (bash=12 oder bash=12-1) oder eine Datei, die auf .stone endet.
ctl-reinstall-help = Holt und entpackt noch einmal, was schon da ist
ctl-remove-about = Entfernt Pakete und was ohne sie nicht sein kann
ctl-sync-about = Bringt das System auf den Stand, den die Paketquellen anbieten
ctl-search-about = Sucht Pakete nach Name und Beschreibung
ctl-term-help = Wonach gesucht wird
ctl-limit-help = Zeigt höchstens so viele
ctl-list-about = Zeigt, was installiert ist
ctl-info-about = Zeigt alles über ein Paket
ctl-files-about = Zeigt die Dateien eines Pakets
ctl-why-about = Sagt, warum ein Paket installiert ist
ctl-hold-about = Hält Pakete bei ihrer Ausgabe; ohne Namen: zeigt, was gehalten wird
ctl-unhold-about = Lässt gehaltene Pakete wieder aktualisieren
ctl-mark-about = Sagt, ob Pakete gewählt wurden
ctl-explicit-help = Sie wurden gewählt: Sie bleiben
ctl-automatic-help = Sie sind nur da, weil andere sie brauchen
ctl-repo-about = Paketquellen
ctl-repo-name-help = Name der Paketquelle
ctl-uri-help = Adresse der Paketliste (https:, http: oder file:)
ctl-priority-help = Eine größere Zahl wird vorgezogen
ctl-repo-add-about = Fügt eine Paketquelle hinzu und liest ihre Liste
ctl-repo-list-about = Zeigt die Paketquellen
ctl-repo-refresh-about = Liest die Paketlisten neu
ctl-state-about = Stände des Systems: zurück, vor, vergleichen
ctl-state-help = Nummer eines Stands
ctl-state-list-about = Zeigt die Stände
ctl-state-show-about = Zeigt einen Stand und seine Pakete
ctl-state-diff-about = Zeigt, was sich zwischen zwei Ständen unterscheidet
ctl-state-activate-about = Macht einen Stand zum aktiven
ctl-state-name-about = Gibt einem Stand einen Namen; ein leerer nimmt ihn weg
ctl-state-text-help = Der Name
ctl-state-pin-about = Bewahrt einen Stand vor dem Aufräumen
ctl-state-unpin-about = Lässt einen Stand wieder aufräumen
ctl-state-verify-about = Vergleicht jede Datei mit dem, was sie sein soll
ctl-repair-help = Bringt Beschädigtes in Ordnung
ctl-state-prune-about = Entfernt alte Stände; angeheftete und der aktive bleiben
ctl-keep-help = Behält so viele der neuesten
ctl-detail = Einzelheiten: { $detail }
ctl-root-cannot = { $root } ist nicht als Wurzel zu gebrauchen: { $reason }
ctl-root-only-root = Nur root darf das System in einem anderen Ordner ändern.
ctl-no-pkexec = pkexec ist nicht installiert; ohne es kann nur root das System ändern.
ctl-ask = Tun? [j/N]
ctl-yes-letters = j ja y yes
ctl-not-asked = Nichts wurde geändert: Es ist niemand da, den man fragen könnte. Ein Skript sagt --yes.
ctl-declined = Nichts wurde geändert.
ctl-nothing-to-do = Es ist nichts zu tun.
ctl-cancelling = Wird angehalten…
ctl-goes-on = Es geht ohne dieses Programm weiter. „moultctl state list“ zeigt, wie es ausging.
ctl-done-state = Stand { $state } ist aktiv.
ctl-warning = Hinweis: { $text }
ctl-change-install = Neu
ctl-change-upgrade = Neuer
ctl-change-downgrade = Älter
ctl-change-reinstall = Noch einmal
ctl-change-remove = Entfernt
ctl-change-mark-explicit = Gewählt
ctl-change-mark-automatic = Automatisch
ctl-plan-download = Zu holen
ctl-plan-disk = Mehr auf dem Datenträger
ctl-plan-files = Dateien
ctl-plan-files-counts = { $added } neu, { $changed } geändert, { $removed } entfernt
ctl-plan-look = Zweimal hinsehen
ctl-plan-orphans = Niemand braucht
ctl-plan-kept-back = Bleibt, wie es ist
ctl-plan-held = gehalten
ctl-mark-set-id = läuft mit anderen Rechten
ctl-mark-kernel = Kernel
ctl-mark-boot = Start
ctl-mark-service = Dienst
ctl-search-none = Nichts gefunden.
ctl-list-none = Nichts ist installiert.
ctl-installed = installiert
ctl-explicit = gewählt
ctl-held = gehalten
ctl-not-installed = nicht installiert
ctl-local-file = eine lokale Datei
ctl-info-name = Name
ctl-info-version = Version
ctl-info-summary = Kurz
ctl-info-state = Zustand
ctl-info-repository = Paketquelle
ctl-info-size = Zu holen
ctl-info-licenses = Lizenzen
ctl-info-homepage = Webseite
ctl-info-source = Gebaut aus
ctl-info-needs = Braucht
ctl-info-provides = Gibt
ctl-info-conflicts = Verträgt nicht
ctl-info-offers = Angeboten
ctl-info-checksum = SHA-256
ctl-why-chosen = { $package } wurde gewählt.
ctl-why-nobody = Niemand hat { $package } gewählt, und nichts braucht es.
ctl-why-held = { $package } wird bei seiner Ausgabe gehalten.
ctl-why-needs = { $package } braucht { $needs }
ctl-why-chains = Es ist da für das, was gewählt wurde
ctl-why-direct = Direkt gebraucht von
ctl-holds-none = Nichts wird gehalten.
ctl-hold-done = Gehalten: { $packages }
ctl-unhold-done = Nicht mehr gehalten: { $packages }
ctl-repo-none = Es gibt noch keine Paketquelle. „moultctl repo add NAME URI“ fügt eine hinzu.
ctl-repo-head-name = Name
ctl-repo-head-priority = Vorrang
ctl-repo-head-trust = Vertrauen
ctl-repo-head-uri = Adresse
ctl-repo-unsigned = nicht signiert
ctl-repo-added = { $name } wurde hinzugefügt. Die Quelle ist nicht signiert: Jeder auf dem Weg dorthin könnte die Liste ändern.
ctl-repo-added-signed = { $name } wurde hinzugefügt.
ctl-state-none = Es gibt noch keinen Stand.
ctl-state-head-number = Stand
ctl-state-head-created = gemacht
ctl-state-head-packages = Pakete
ctl-state-head-frees = gibt frei
ctl-state-head-what = was
ctl-state-active = aktiv
ctl-state-pending = unterwegs
ctl-state-pinned = angeheftet
ctl-state-same = Beide Stände haben dieselben Pakete.
ctl-state-activate-ask = Stand { $state } wird der aktive. Der jetzige bleibt, und Sie können zu ihm zurück.
ctl-state-named = Stand { $state } heißt { $name }.
ctl-state-unnamed = Stand { $state } hat keinen Namen.
ctl-state-is-pinned = Stand { $state } bleibt, wenn alte Stände aufgeräumt werden.
ctl-state-is-unpinned = Stand { $state } darf aufgeräumt werden.
ctl-verify-whole = Alles ist, wie es sein soll ({ $files } Dateien).
ctl-verify-repaired = in Ordnung gebracht
ctl-verify-damaged = beschädigt
ctl-verify-todo = „moultctl state verify --repair“ bringt Beschädigtes in Ordnung.
ctl-prune-none = Es gibt keinen Stand zu entfernen.
ctl-prune-ask = Diese Stände verschwinden für immer:
ctl-prune-done = Entfernt: { $states }. { $bytes } sind wieder frei.
ctl-refresh-done = { $packages } Pakete werden angeboten.
ctl-installed-older = installiert, älter
ctl-model-about = Das System als ein Text: seine Paketquellen und gewählten Pakete
ctl-model-export-about = Schreibt das Modell des aktiven Standes oder eines anderen aus
ctl-model-import-about = Macht eine Datei zum Modell des Verwalters und fügt die Paketquellen hinzu, die sie nennt
ctl-model-sync-about = Macht das System zu dem, was das Modell des Verwalters sagt
ctl-model-diff-about = Zeigt, worin sich ein Modell und das System unterscheiden
ctl-model-file-help = Ein Systemmodell in KDL
ctl-model-diff-help = Ein Systemmodell in KDL; ohne es das des Verwalters
ctl-model-too-long = { $file } ist zu lang für ein Modell.
ctl-model-not-text = { $file } ist kein Text.
ctl-model-none = Es gibt kein Modell des Verwalters. „moultctl model import FILE“ legt eines an.
ctl-model-unknown = Das Modell nennt Paketquellen, die es hier nicht gibt: { $repositories }. Ohne --dry-run werden sie hinzugefügt.
ctl-model-would-add = Diese Paketquellen würden hinzugefügt: { $repositories }
ctl-model-no-plan = Was sich ändern würde, ist bekannt, wenn ihre Paketlisten gelesen sind.
ctl-model-added = Für das Modell hinzugefügt: { $repositories }
ctl-model-imported = Das Modell ist gespeichert. „moultctl model sync“ macht das System zu dem, was es sagt.
ctl-model-same = Das Modell und das System stimmen überein.
ctl-model-missing = Fehlt
ctl-model-beyond = Nicht im Modell
ctl-model-repositories = Verschiedene Paketquellen
ctl-compose-about = Macht ein System allein aus einem Modell und schreibt es anderswohin
ctl-compose-more = Dasselbe Modell und dieselben Pakete ergeben dieselben Bytes. Alles bekommt das Datum SOURCE_DATE_EPOCH oder 1970. Einen Ordner kann nur root schreiben, da seine Dateien ihre Besitzer bekommen.
ctl-compose-to-help = Ein Ordner, der fehlt oder leer ist, ein Archiv, oder der Ordner eines OCI-Abbilds
ctl-compose-to-wrong = { $to } ist kein Ziel für ein System: Das ist ein Ordner, eine Datei, die auf .tar endet, oder oci:ORDNER
ctl-compose-root = compose macht ein System allein aus einem Modell: --root hat dabei nichts zu sagen
ctl-compose-needs-root = Nur root kann einen Ordner schreiben: Seine Dateien bekommen ihre Besitzer. Ein Archiv (DATEI.tar) oder ein Abbild (oci:ORDNER) kann jeder schreiben.
ctl-compose-date = SOURCE_DATE_EPOCH ist { $date }, keine Zahl von Sekunden seit 1970.
ctl-compose-not-empty = { $to } ist nicht leer.
ctl-compose-busy = Ein anderer Vorgang schreibt gerade { $to }. Warte, bis er fertig ist, oder nimm ein anderes Ziel.
ctl-compose-cannot = { $to } kann nicht geschrieben werden: { $reason }
ctl-composed = { $to }: { $packages } Pakete, { $entries } Dateien, Verweise und Ordner, { $bytes }.
ctl-composed-digest = Abbild { $digest }
ctl-repo-head-packages = Pakete
ctl-repo-head-refreshed = zuletzt gelesen
ctl-repo-never = nie
ctl-repo-off = abgeschaltet
ctl-repo-not-yet = noch nicht geprüft
ctl-repo-signed-by = signiert von { $key } bis { $date }
ctl-repo-follows = { $name } folgt { $version }.
ctl-repo-uses = { $name } folgt { $version }; benutzt wird die Liste { $history }.
ctl-repo-failed = { $name } konnte am { $date } nicht gelesen werden: { $reason }
ctl-repo-newer = { $name } hat ein Format ({ $format }), das nur ein neueres Moult liest; die Liste davor bleibt in Gebrauch. „{ $command }“ bringt das neuere.
ctl-repo-broken = { $file } zählt nicht, die Datei ist unbrauchbar: { $reason }
ctl-repo-broken-of = { $file }: { $name } zählt nicht, der Eintrag ist unbrauchbar: { $reason }
ctl-repo-no-key = In { $file } ist kein öffentlicher minisign-Schlüssel.
ctl-repo-enabled = { $name } ist eingeschaltet.
ctl-repo-disabled = { $name } ist abgeschaltet und bietet nichts an.
ctl-repo-offers-nothing = { $name } ist eingetragen und bietet noch nichts an. „{ $again }“ versucht es wieder, „{ $away }“ nimmt die Quelle weg.
ctl-repo-offers-old = { $name } ist eingetragen und bietet weiter an, was sie vorher anbot.
ctl-repo-removed = { $name } ist weg, mit allem, was sie anbot.
ctl-repo-masked = { $name } gehört zum System, in { $file }: Sie ist abgeschaltet. „{ $command }“ schaltet sie wieder ein.
ctl-repo-followed = { $name } folgt jetzt { $version }.
ctl-refresh-updated = { $name }: eine neue Liste (Pakete: { $packages })
ctl-refresh-unchanged = { $name }: nichts Neues (Pakete: { $packages })
ctl-refresh-moved = { $name } (Pakete: { $packages }): Die Liste an dieser Adresse ist veraltet. So geht es dort weiter, wo sie jetzt ist: { $command }
ctl-refresh-newer-nowhere = { $name }: Das Format ({ $format }) liest nur ein neueres Moult, und woher es kommt, steht dort nicht; die Liste davor bleibt in Gebrauch.
ctl-refresh-failed = { $name }: nicht gelesen, die Liste davor bleibt in Gebrauch. { $reason }
ctl-versions-streams = Ströme, die weitergehen
ctl-versions-tags = Marken, die bleiben
ctl-versions-history = Jede veröffentlichte Liste
ctl-versions-followed = wird gefolgt
ctl-versions-in-use = in Gebrauch
ctl-versions-newer = braucht ein neueres Moult ({ $format })
ctl-bridge-offer = { $name } liest nur ein neueres Moult. Das bringt es:
ctl-bridge-which = Kein installiertes Paket bringt dieses Moult. Sagen Sie, welches es enthält: „{ $command }“
ctl-bridge-nothing = Was { $name } als neueres Moult nennt, ist schon installiert, und Neueres ist nicht bekannt.
ctl-bridge-done = Das neuere Moult ist da. „{ $command }“ macht mit ihm weiter.
ctl-bridge-continues = Das neuere Moult ist da und macht weiter.
ctl-bridge-cannot-continue = Das neuere Moult ist da und ließ sich nicht starten: { $reason }. „{ $command }“ macht weiter.
ctl-plan-unsigned = Nicht signiert, also könnte jeder auf dem Weg ändern, was kommt: { $repositories }
ctl-plan-outgrown = { $name } liest nur ein neueres Moult; geplant ist mit der letzten lesbaren Liste.
ctl-index-done = Verzeichnete Pakete: { $packages }, { $bytes }.
ctl-index-unsigned = Die Liste ist nicht signiert.
ctl-index-signed = Signiert von { $key } als Nummer { $sequence }, gültig bis { $date }. Wer sie benutzt, nennt diesen Schlüssel: { $public }
ctl-index-left-out = Weggelassen, weil Neueres oder dasselbe da ist
ctl-password-ask = Passwort des Schlüssels:
ctl-password-none = Der Schlüssel hat ein Passwort, und es ist niemand da, den man fragen könnte. --password-fd sagt, wo es zu lesen ist.
ctl-password-cannot = Das Passwort lässt sich nicht lesen: { $reason }
ctl-check-good = Alles ist da und wie versprochen (Pakete: { $packages }, { $bytes }).
ctl-check-bad = { $faults } von { $packages } Paketen lassen sich nicht installieren
ctl-check-unsigned = Nicht signiert: Es wurde kein Schlüssel genannt, die Liste zu prüfen.
ctl-check-signed = Die Liste ist { $trust }.
ctl-check-twice = Mehrfach da; das neueste zählt
ctl-check-missing = Braucht, was kein Paket der Liste gibt
ctl-repo-add-more = Ohne Schlüssel ist die Liste nicht signiert, und überall steht das dabei. Ist die Liste nicht zu lesen, dann ist die Quelle trotzdem eingetragen, bietet noch nichts an, und das Ende ist 1.
ctl-description-help = Was Menschen darüber lesen
ctl-key-help = Ein öffentlicher minisign-Schlüssel (RW…) oder eine Datei damit; einer davon muss die Liste signiert haben
ctl-mirror-help = Eine andere Adresse mit demselben Inhalt, wenn die erste versagt
ctl-follow-help = Die Adresse ist der Anfang einer versionierten Quelle: stream/X folgen oder bei tag/X oder history/X bleiben
ctl-channel-help = Kanal einer versionierten Quelle (main)
ctl-architecture-help = Architektur einer versionierten Quelle (x86_64)
ctl-repo-remove-about = Nimmt eine Paketquelle weg, mit allem, was sie anbietet
ctl-repo-enable-about = Schaltet eine Paketquelle ein und liest ihre Liste
ctl-repo-disable-about = Schaltet eine Paketquelle ab: Sie bietet nichts an
ctl-repo-versions-about = Zeigt die Versionen einer Paketquelle, welcher gefolgt wird und welche in Gebrauch ist
ctl-repo-follow-about = Folgt einer anderen Version einer Paketquelle oder bleibt bei einer, und liest ihre Liste
ctl-version-name-help = stream/X, tag/X oder history/X
ctl-repo-bridge-about = Bringt das neuere Moult, das eine Paketquelle inzwischen braucht
ctl-repo-bridge-more = Das wird geplant, gezeigt und erlaubt wie eine Installation. Dann macht „moultctl sync“ mit ihm weiter, im laufenden System von selbst.
ctl-bridge-package-help = Das Paket, in dem Moult ist; ohne Angabe das installierte
ctl-repo-index-about = Verzeichnet die Pakete eines Ordners, sodass er eine Paketquelle ist
ctl-repo-index-more = Eine signierte Liste muss neu signiert werden, bevor sie abläuft.
ctl-index-folder-help = Ein Ordner mit .stone-Dateien
ctl-sign-help = Ein geheimer minisign-Schlüssel, der die Liste signiert
ctl-password-fd-help = Deskriptor, von dem das Passwort des Schlüssels gelesen wird; ohne ihn fragt das Terminal
ctl-valid-help = Tage, für die die Liste gilt (90)
ctl-repo-verify-about = Prüft eine Paketquelle, wie es ein Benutzer täte; das Ende ist 1, wenn sich ein Paket nicht installieren ließe
