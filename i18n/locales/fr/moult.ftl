### Tout ce que dit Moult, en français. Bref, chaleureux, exact ; « vous » ; pas de point d’exclamation.

## The frame

step-of = Étape { $step } sur { $count }
step-welcome = Bienvenue
step-network = Réseau
step-disk = Disque
step-account = Compte
step-summary = Résumé
step-install = Installation
step-done = Terminé
continue = Continuer
back = Retour
quit = Quitter
cancel = Annuler
change = Modifier
try-again = Réessayer
start-over = Recommencer
details-show = Afficher les détails
details-hide = Masquer les détails
language-label = Langue
keyboard-search = Chercher une disposition
keyboard-none-found = Aucune disposition ne porte ce nom.
appearance-light = Clair
appearance-dark = Sombre
appearance-contrast = Contraste élevé
backend-starting = Préparation…
backend-again = La partie de Moult qui travaille sur les disques s’est arrêtée. Elle redémarre…
indicator-online = Connecté
indicator-connecting = Connexion…
indicator-offline = Pas de réseau
indicator-unavailable = Pas de service réseau

## Welcome

welcome-title = Bienvenue
welcome-lead = Quelques étapes, et cet ordinateur aura un nouveau système. Rien ne change sur vos disques avant que vous ne confirmiez sur la page « Résumé ».
welcome-language = Langue
welcome-keyboard = Disposition du clavier
welcome-keyboard-change = Autre disposition
welcome-test = Essayez les touches ici
welcome-test-hint = Tapez les lettres propres à votre clavier

## Network

network-title = Y a-t-il un réseau ?
network-lead = Une connexion sert à chercher les paquets absents de ce support. Elle est aussi reprise dans le nouveau système.
network-wired = Câble ({ $interface })
network-wifi = Wi-Fi
network-wifi-none = Aucun réseau sans fil n’est à portée.
network-wifi-no-device = Cet ordinateur n’a pas d’appareil sans fil utilisable ici.
network-none = Aucun appareil réseau n’a été trouvé.
network-look-again = Chercher encore
network-link-unplugged = Pas de câble
network-link-disconnected = Non connecté
network-link-connecting = Connexion…
network-link-connected = Connecté
network-link-failed = Le dernier essai a échoué
network-link-address = Connecté, adresse { $address }
network-method = Adresse
network-method-dhcp = Automatique
network-method-static = À la main
network-settings = Réglages
network-address = Adresse avec préfixe
network-address-hint = 192.0.2.7/24
network-gateway = Passerelle (peut rester vide)
network-gateway-hint = 192.0.2.1
network-dns = Serveurs de noms, séparés par des espaces (peut rester vide)
network-dns-hint = 192.0.2.53
network-apply = Appliquer
network-applying = Réglage de { $interface }…
network-address-wrong = Une adresse ressemble à 192.0.2.7/24.
network-gateway-wrong = Une passerelle ressemble à 192.0.2.1.
network-dns-wrong = Chaque serveur de noms ressemble à 192.0.2.53.
network-join = Rejoindre
network-joining = Connexion à { $network }…
network-key = Clé de { $network }
network-key-short = La clé a de 8 à 63 caractères.
network-hidden = Un réseau qui ne montre pas son nom
network-hidden-name = Nom du réseau
network-hidden-key = Clé (vide s’il n’en a pas)
network-name-wrong = Le nom a de 1 à 32 octets.
network-active = Connecté
network-open = Ouvert (d’autres peuvent écouter)
network-protected = Protégé
network-unsupported = Ne peut pas être rejoint d’ici
network-strength = Signal { $percent } %
network-offline-note = Vous pouvez continuer sans réseau. S’il manque des paquets sur ce support, vous le saurez avant que rien ne soit écrit.
network-skip = Continuer sans réseau

## Disk

disk-title = Où installer le système ?
disk-lead = Rien n’est écrit avant que vous ne confirmiez sur la page « Résumé ».
disk-looking = Examen des disques…
disk-none = Aucun disque n’a été trouvé.
disk-none-free = Aucun de ces disques ne peut être utilisé. La raison est indiquée pour chacun.
disk-look-again = Chercher encore
disk-serial = N° de série …{ $tail }
disk-removable = peut être débranché
disk-empty = Rien ne s’y trouve
disk-minimum = Le système a besoin d’au moins { $size }.
disk-erased = Tout ce qui est sur { $disk } sera effacé quand vous confirmerez plus tard.
disk-cannot = Ne peut pas être choisi : { $reason }
disk-filesystem = Système de fichiers
filesystem-ext4 = ext4
filesystem-ext4-note = éprouvé depuis des années
filesystem-xfs = XFS
filesystem-xfs-note = rapide avec les gros fichiers
filesystem-btrfs = Btrfs
filesystem-btrfs-note = peut garder des instantanés de vos fichiers
bus-nvme = NVMe
bus-ata = SATA
bus-usb = USB
bus-scsi = SCSI
bus-mmc = Carte mémoire
bus-virtio = Disque virtuel
bus-loop = Image de disque
bus-other = Autre
refusal-live-medium = vous avez démarré cet ordinateur avec lui.
refusal-in-use = il est en cours d’utilisation.
refusal-in-use-at = il est en cours d’utilisation ({ $at }).
refusal-too-small = il est trop petit.
refusal-too-small-needed = il est trop petit ; le système a besoin de { $size }.
refusal-read-only = il ne peut pas être écrit (un verrou est peut-être mis).
refusal-unreadable = il n’a pas pu être lu.
refusal-unreadable-why = il n’a pas pu être lu ({ $why }).
segment-free = Libre
segment-esp = Partition de démarrage
segment-system = Système
segment-data = Données
segment-swap = Échange
segment-encrypted = Chiffré
segment-unknown = Inconnu
segment-new = Nouveau
segment-with-size = { $name } · { $size }

## Account

account-title = Qui utilisera cet ordinateur ?
account-lead = Ce compte peut administrer le système.
account-full-name = Nom complet
account-full-name-hint = Peut rester vide
account-user-name = Nom d’utilisateur
account-password = Mot de passe
account-password-again = Le mot de passe encore une fois
account-hostname = Nom de cet ordinateur
account-layout = Clavier : { $layout }
account-user-name-empty = Il faut un nom d’utilisateur pour ouvrir une session.
account-user-name-start = Le nom d’utilisateur commence par une minuscule de a à z.
account-user-name-characters = Le nom d’utilisateur peut avoir des minuscules de a à z, des chiffres, - et _.
account-user-name-long = Le nom d’utilisateur a 32 caractères au plus.
account-user-name-taken = Le système utilise lui-même le nom { $name }.
account-full-name-characters = Le nom complet ne peut contenir ni deux-points, ni virgule, ni saut de ligne.
account-full-name-long = Le nom complet est trop long.
account-password-empty = Il faut un mot de passe pour ouvrir une session.
account-password-long = Le mot de passe est trop long.
account-password-again-empty = Tapez le mot de passe encore une fois, pour qu’une faute de frappe ne vous enferme pas dehors.
account-password-differs = Les deux mots de passe diffèrent.
account-hostname-empty = L’ordinateur a besoin d’un nom.
account-hostname-characters = Le nom de l’ordinateur peut avoir des lettres de a à z, des chiffres et -.
account-hostname-edges = Le nom de l’ordinateur ne peut ni commencer ni finir par -.
account-hostname-long = Le nom de l’ordinateur a 63 caractères au plus.
account-hostname-suggestion = pc-{ $name }
strength-0 = Très faible
strength-1 = Faible
strength-2 = Moyen
strength-3 = Bon
strength-4 = Fort
strength-with-advice = { $word }. { $advice }
advice-common = Beaucoup l’utilisent ; il est essayé en premier.
advice-keys = Les touches voisines se devinent vite.
advice-repeat = Les caractères répétés se devinent vite.
advice-sequence = Les suites, les années et les dates se devinent vite.
advice-name = Les noms se devinent vite.
advice-swap = Majuscules et lettres échangées n’aident guère.
advice-more = Un ou deux mots de plus le rendent plus fort.

## Summary

summary-title = Voici ce qui va se passer
summary-preparing = Préparation du plan…
summary-before = { $disk } maintenant
summary-after = { $disk } ensuite
summary-lost = Ce qui est sur { $disk } maintenant sera perdu : { $size }. On ne pourra pas le récupérer.
summary-lost-nothing = Il n’y a rien sur { $disk } qui serait perdu.
summary-others = Aucun autre disque n’est modifié.
summary-new = { $system } reçoit { $size } de { $disk }.
summary-steps = { $count ->
        [one] Une étape modifie le disque.
       *[other] { $shown } étapes modifient le disque.
    }
summary-turn-back = Dès que l’étape { $step } a commencé, ce qui était sur le disque ne peut plus être récupéré. Tant que vous n’avez pas confirmé ici, rien n’est écrit.
summary-packages = { $count ->
        [one] Un paquet est installé, { $size } à chercher.
       *[other] { $shown } paquets sont installés, { $size } à chercher.
    }
summary-language = Langue
summary-keyboard = Clavier
summary-network = Réseau
summary-disk = Disque
summary-filesystem = Système de fichiers
summary-account = Compte
summary-account-named = { $full } ({ $user })
summary-hostname = Nom de l’ordinateur
summary-timezone = Fuseau horaire
summary-confirm-erase = Effacer { $disk } et installer
summary-confirm = Installer sur { $disk }
summary-hold = Maintenez le bouton du bas une seconde : l’effacement commence alors.
summary-failed = Le plan n’a pas pu être fait.

## Installation

progress-title = Installation sur { $disk }
progress-nothing-else = Vous pouvez laisser l’ordinateur travailler seul ; aucun autre disque n’est modifié.
phase-check = Le disque est examiné encore une fois, pour être sûr que c’est celui que vous avez approuvé.
phase-resolve = Choix des paquets.
phase-partition = Division du disque et création des systèmes de fichiers.
phase-fetch = Téléchargement des paquets.
phase-store = Déballage des paquets.
phase-compose = Assemblage du système.
phase-configure = Réglage de votre compte, du clavier et du réseau.
phase-refresh = Lecture des listes de paquets.
phase-triggers = Exécution de ce que demandent les paquets.
phase-activate = Mise en place du nouvel état.
phase-verify = Comparaison de chaque fichier avec ce qu’il doit être.
phase-prune = Suppression des anciens états.
phase-export = Écriture du système à un autre endroit.
phase-finish = Tout est écrit jusqu’au bout et relu.
progress-bytes = { $done } sur { $total }
progress-packages = { $total ->
        [one] { $shown_done } sur un paquet
       *[other] { $shown_done } sur { $shown_total } paquets
    }
progress-steps = { $total ->
        [one] { $shown_done } sur une étape
       *[other] { $shown_done } sur { $shown_total } étapes
    }
left-unknown = La durée sera connue bientôt…
left-seconds = Moins d’une minute
left-minutes = { $count ->
        [one] Encore une minute environ
       *[other] Encore { $count } minutes environ
    }
left-hours = { $count ->
        [one] Encore une heure environ
       *[other] Encore { $count } heures environ
    }
progress-log-empty = Rien n’a encore été noté.
cancel-means-free = Vous pouvez encore annuler : rien n’a été modifié.
cancel-means-unfinished = Si vous annulez maintenant, { $disk } reste effacé et inachevé.
cancel-means-no = On ne peut plus annuler ; ce qui reste ne prend qu’un instant.
cancel-ask-free = Arrêter maintenant ? Rien n’a été modifié.
cancel-ask-unfinished = Arrêter maintenant ? { $disk } est déjà effacé et n’aurait pas de système entier.
cancel-stop = Arrêter l’installation
cancel-keep = Continuer l’installation
cancel-stopping = Arrêt en cours…

## Done

no-boot-loader = Pas encore de chargeur d’amorçage : Moult n’installe pas encore ce qui démarre un ordinateur depuis ce disque. Le système y démarre dans un conteneur, pas sur un ordinateur à part.
done-title = Le système est installé
done-disk = Il est sur { $disk }, entièrement écrit.
done-account = Ouvrez une session comme { $user }, avec le mot de passe que vous avez choisi.
done-lead = Il n’y a plus rien à faire ici.

## Failed

failed-what = Ce qui s’est passé
failed-todo = Ce que vous pouvez faire
failed-details = Détails
failed-no-details = Il n’y a pas d’autres détails.
state-untouched = Rien n’a été modifié. Vos disques sont comme ils étaient.
state-disk-unfinished = { $disk ->
        [none] Le disque choisi a été effacé et n’a pas de système entier. Rien d’autre n’a été modifié.
       *[other] { $disk } a été effacé et n’a pas de système entier. Rien d’autre n’a été modifié.
    }
state-installed = { $disk ->
        [none] Le disque choisi contient un nouveau système entier.
       *[other] { $disk } contient un nouveau système entier.
    }
state-system-intact = Le système que vous aviez est entier et démarre encore.
state-activated = Le nouvel état est en place et intact.
state-unknown = { $disk ->
        [none] On ne sait pas dans quel état est le disque choisi. Regardez-le avant de l’utiliser.
       *[other] On ne sait pas dans quel état est { $disk }. Regardez-le avant de l’utiliser.
    }
the-disk = Le disque
failure-none = Rien ne s’est mal passé.
failure-none-todo = Vous pouvez continuer.
failure-cancelled = Vous l’avez arrêté avant la fin.
failure-cancelled-todo = Recommencez quand vous voulez.
failure-busy = Une autre modification est en cours.
failure-busy-todo = Attendez qu’elle soit finie, puis réessayez.
failure-not-authorized = Moult n’a pas eu le droit de modifier le système.
failure-not-authorized-todo = Réessayez et autorisez-le, ou demandez à la personne qui s’occupe de cet ordinateur.
failure-backend-stopped = La partie de Moult qui fait les modifications s’est arrêtée avant d’avoir fini.
failure-backend-stopped-todo = Recommencez. Si cela se reproduit, les détails ci-dessous aideront qui cherchera la cause.
failure-bad-input = Un des choix ne peut pas être exécuté ({ $field } : { $reason }).
failure-bad-input-todo = Revenez en arrière, modifiez-le et réessayez.
failure-disk-gone = { $disk } n’est plus là.
failure-disk-gone-todo = Branchez-le de nouveau ou choisissez un autre disque.
failure-disk-changed = { $disk } n’est plus comme il était quand vous avez approuvé le plan : { $difference }
failure-disk-changed-todo = Recommencez et regardez le nouvel état du disque avant de confirmer.
failure-disk-too-small = { $disk } est trop petit : il a { $size }, il faut { $needed }.
failure-disk-too-small-todo = Choisissez un disque plus grand.
failure-disk-refused = { $disk } ne peut pas être choisi : { $reason }
failure-disk-refused-todo = Choisissez un autre disque.
failure-plan-unknown = Le plan confirmé n’est plus valable.
failure-plan-unknown-todo = Recommencez ; un nouveau plan sera fait et vous sera montré.
failure-disk-full = Il n’y avait pas assez de place sur le disque.
failure-disk-full-todo = Recommencez avec un disque plus grand.
failure-disk-failed = La lecture ou l’écriture a échoué ({ $path }).
failure-disk-failed-todo = Le disque ou son câble est peut-être abîmé. Réessayez, ou prenez un autre disque.
failure-tool-failed = Un programme du système a abandonné ({ $tool }, { $status }).
failure-tool-failed-todo = Recommencez. Si cela se reproduit, les détails ci-dessous aideront qui cherchera la cause.
failure-repository-unreachable = La source des paquets ne répond pas ({ $uri }).
failure-repository-unreachable-todo = Vérifiez le réseau, puis réessayez.
failure-repository-damaged = La liste des paquets est abîmée ({ $uri }).
failure-repository-damaged-todo = Réessayez plus tard, ou prenez un autre support.
failure-package-damaged = Un paquet n’est pas ce que la liste promettait ({ $package }) ; il n’a pas été utilisé.
failure-package-damaged-todo = Réessayez ; si cela persiste, le support ou la source est abîmé.
failure-unresolvable = Les paquets ne vont pas ensemble : { $explanation }
failure-unresolvable-todo = C’est un défaut de la source des paquets. Réessayez plus tard.
failure-file-conflict = Deux paquets, { $first } et { $second }, apportent tous deux { $path }.
failure-file-conflict-todo = C’est un défaut de la source des paquets. Réessayez plus tard.
failure-network-wrong-key = { $network ->
        [none] Le réseau n’a pas accepté la clé.
       *[other] { $network } n’a pas accepté la clé.
    }
failure-network-wrong-key-todo = Vérifiez les majuscules et la disposition du clavier, puis retapez-la.
failure-network-lost = { $network ->
        [none] La connexion au réseau a été perdue.
       *[other] La connexion à { $network } a été perdue.
    }
failure-network-lost-todo = Rapprochez-vous ou vérifiez le câble, puis réessayez.
failure-network-no-address = { $network ->
        [none] Le réseau n’a pas donné d’adresse à cet ordinateur.
       *[other] { $network } n’a pas donné d’adresse à cet ordinateur.
    }
failure-network-no-address-todo = Réessayez, ou donnez l’adresse à la main.
failure-network-unavailable = Il n’y a pas de service réseau ou pas d’appareil de ce nom.
failure-network-unavailable-todo = Vous pouvez continuer sans réseau.
failure-not-confirmed = Personne n’a confirmé la modification.
failure-not-confirmed-todo = Répondez à la question, ou indiquez --yes d’avance.
failure-package-unknown = Il n’y a pas de paquet { $package }.
failure-package-unknown-todo = Cherchez une partie de son nom ; une actualisation peut le faire apparaître.
failure-package-not-installed = { $package } n’est pas installé.
failure-package-not-installed-todo = « moultctl list » montre ce qui est installé.
failure-repository-unknown = Il n’y a pas de dépôt { $repository }.
failure-repository-unknown-todo = « moultctl repo list » montre ceux qui existent.
failure-repository-untrusted = On ne peut pas se fier à la liste de paquets de { $repository } : { $reason }
failure-repository-untrusted-todo = La liste connue reste en usage. Réessayez plus tard ; si cela persiste, demandez à qui tient le dépôt.
failure-state-unknown = Il n’y a pas d’état { $state }.
failure-state-unknown-todo = « moultctl state list » montre ceux qui existent.
failure-state-active = L’état { $state } est le système en service : il ne peut pas être supprimé.
failure-state-active-todo = Passez d’abord à un autre état.
failure-state-pinned = L’état { $state } est épinglé et reste.
failure-state-pinned-todo = Détachez-le d’abord.
failure-model-invalid = Le modèle est inutilisable : { $reason }
failure-model-invalid-todo = Corrigez le modèle et réessayez.
failure-trigger-failed = Ce qu’un paquet voulait exécuter a échoué ({ $trigger }).
failure-trigger-failed-todo = Ce qui a été affiché aidera qui entretient le paquet.
failure-read-only = Rien ne peut y être écrit ({ $path }).
failure-read-only-todo = Rendez le système de fichiers inscriptible, puis réessayez.
failure-root-blocked = Quelque chose occupe la place du système ({ $path }).
failure-root-blocked-todo = Déplacez-le, puis réessayez.
failure-too-new = Ce Moult est trop ancien pour { $what }.
failure-too-new-todo = Mettez d’abord Moult à jour.
failure-packages-refused = C’est impossible : { $reason }
failure-packages-refused-todo = Voyez la raison, changez la demande et réessayez.
failure-internal = Il s’est passé quelque chose qui ne devrait pas arriver.
failure-internal-todo = Recommencez. Les détails ci-dessous aideront qui cherchera la cause.
not-known = inconnu

## Programs without a window

moult-about = Le programme d’installation et la logithèque de Moult
moult-install-about = Installer un système sur cet ordinateur
moult-store-about = Parcourir, installer et mettre à jour des logiciels
moult-trace-help = Écrit une ligne JSON par évènement sur stderr : pages, place des commandes, tâches
moult-size-help = Ouvre une fenêtre de cette taille au lieu de tout l’écran, par exemple 1280x800
moult-is-root = moult ne fonctionne pas en tant que root : la fenêtre n’a pas besoin de ce pouvoir. Lancez-le comme utilisateur ordinaire ; il demande lui-même la permission.
moult-no-store = La logithèque n’existe pas encore. « moult install » installe un système.
moult-size-wrong = Une taille ressemble à 1280x800 et vaut au moins 800x600.
moult-no-window = La fenêtre n’a pas pu s’ouvrir : { $reason }
ctl-about = Moult sans fenêtre
ctl-inspect-about = Montre ce que contient un fichier .stone, et s’il est intact
ctl-file-help = Le fichier .stone
ctl-json-help = Écrit du JSON au lieu de texte
ctl-cannot-open = { $file } ne peut pas être ouvert : { $reason }
ctl-not-a-file = { $file } n’est pas un fichier.
ctl-refused = { $file } n’a pas pu être lu comme un stone : { $reason }
ctl-no-backend = moult-backend n’a pas été trouvé ({ $path }).
ctl-backend-failed = moult-backend ne répond pas : { $reason }
ctl-file = Fichier
ctl-kind = Sorte
ctl-kind-version = { $kind }, version { $version }
ctl-verified = Vérifié
ctl-verified-yes = chaque somme de contrôle est juste
ctl-verified-no = tout n’a pas pu être vérifié
ctl-payloads = Parties
ctl-payload-head = sorte
ctl-compression-head = compression
ctl-records-head = entrées
ctl-stored-head = stocké
ctl-plain-head = déballé
ctl-checksum-head = somme
ctl-meta = Indications
ctl-meta-of = Indications { $number }
ctl-layout = { $count ->
        [one] Une entrée sous /usr
       *[other] { $shown } entrées sous /usr
    }
ctl-attributes = Attributs
ctl-exit-codes = Code de sortie : 0 fait, 1 refusé ou échoué (ce qui existait est intact), 2 mauvais usage.
ctl-heading-usage = Utilisation :
ctl-heading-commands = Commandes
ctl-heading-options = Options
ctl-heading-arguments = Arguments
ctl-help-help = Montre cette aide
ctl-version-help = Montre la version
ctl-root-help = Travaille sur le système de ce dossier au lieu de celui en marche ; seul root peut le modifier
ctl-yes-help = Ne demande rien avant une modification (un script doit l’indiquer)
ctl-package-help = Nom d’un paquet
ctl-wanted-help = Un paquet, ce qu’un paquet fournit, une de ses versions ou un fichier local
ctl-dry-run-help = Montre toute la modification, sans la faire
ctl-orphans-help = Retire aussi ce que personne n’a choisi et dont personne n’a besoin
ctl-install-about = Installe des paquets
ctl-install-more = Un nom (bash), ce qu’un paquet fournit (« binary(bash) »), une version (bash=12 ou bash=12-1), ou un fichier qui finit par .stone.
ctl-reinstall-help = Récupère et déballe à nouveau ce qui est déjà là
ctl-remove-about = Retire des paquets, et ce qui ne peut exister sans eux
ctl-sync-about = Met le système au niveau de ce qu’offrent les dépôts
ctl-search-about = Cherche des paquets par nom et description
ctl-term-help = Ce qu’il faut chercher
ctl-limit-help = En montre au plus autant
ctl-list-about = Montre ce qui est installé
ctl-info-about = Montre tout sur un paquet
ctl-files-about = Montre les fichiers d’un paquet
ctl-why-about = Dit pourquoi un paquet est installé
ctl-hold-about = Garde des paquets à leur version ; sans nom, montre ce qui est gardé
ctl-unhold-about = Laisse à nouveau mettre à jour des paquets gardés
ctl-mark-about = Dit si des paquets ont été choisis
ctl-explicit-help = Ils ont été choisis : ils restent
ctl-automatic-help = Ils ne sont là que parce que d’autres en ont besoin
ctl-repo-about = Dépôts de paquets
ctl-repo-name-help = Nom du dépôt
ctl-uri-help = Adresse de sa liste de paquets (https:, http: ou file:)
ctl-priority-help = Un nombre plus grand est préféré
ctl-repo-add-about = Ajoute un dépôt et lit sa liste de paquets
ctl-repo-list-about = Montre les dépôts
ctl-repo-refresh-about = Relit les listes de paquets
ctl-state-about = États du système : revenir, avancer, comparer
ctl-state-help = Numéro d’un état
ctl-state-list-about = Montre les états
ctl-state-show-about = Montre un état et ses paquets
ctl-state-diff-about = Montre ce qui diffère entre deux états
ctl-state-activate-about = Rend un état actif
ctl-state-name-about = Donne un nom à un état ; un nom vide l’enlève
ctl-state-text-help = Le nom
ctl-state-pin-about = Protège un état du nettoyage
ctl-state-unpin-about = Laisse à nouveau nettoyer un état
ctl-state-verify-about = Compare chaque fichier avec ce qu’il doit être
ctl-repair-help = Répare ce qui est abîmé
ctl-state-prune-about = Supprime les anciens états ; les épinglés et l’actif restent
ctl-keep-help = En garde autant parmi les plus récents
ctl-detail = Détails : { $detail }
ctl-root-cannot = { $root } ne peut servir de racine : { $reason }
ctl-root-only-root = Seul root peut modifier le système d’un autre dossier.
ctl-no-pkexec = pkexec n’est pas installé ; sans lui, seul root peut modifier le système.
ctl-ask = Le faire ? [o/N]
ctl-yes-letters = o oui y yes
ctl-not-asked = Rien n’a été modifié : il n’y a personne à qui demander. Un script indique --yes.
ctl-declined = Rien n’a été modifié.
ctl-nothing-to-do = Il n’y a rien à faire.
ctl-cancelling = Arrêt…
ctl-goes-on = Cela continue sans ce programme. « moultctl state list » montre comment cela finit.
ctl-done-state = L’état { $state } est actif.
ctl-warning = Note : { $text }
ctl-change-install = Nouveau
ctl-change-upgrade = Plus récent
ctl-change-downgrade = Plus ancien
ctl-change-reinstall = À nouveau
ctl-change-remove = Retiré
ctl-change-mark-explicit = Choisi
ctl-change-mark-automatic = Automatique
ctl-plan-download = À télécharger
ctl-plan-disk = En plus sur le disque
ctl-plan-files = Fichiers
ctl-plan-files-counts = { $added } nouveaux, { $changed } modifiés, { $removed } retirés
ctl-plan-look = À regarder
ctl-plan-orphans = Personne n’a besoin de
ctl-plan-kept-back = Reste tel quel
ctl-plan-held = gardé
ctl-mark-set-id = s’exécute avec d’autres droits
ctl-mark-kernel = noyau
ctl-mark-boot = démarrage
ctl-mark-service = service
ctl-search-none = Rien n’a été trouvé.
ctl-list-none = Rien n’est installé.
ctl-installed = installé
ctl-explicit = choisi
ctl-held = gardé
ctl-not-installed = pas installé
ctl-local-file = un fichier local
ctl-info-name = Nom
ctl-info-version = Version
ctl-info-summary = Résumé
ctl-info-state = État
ctl-info-repository = Dépôt
ctl-info-size = Téléchargement
ctl-info-licenses = Licences
ctl-info-homepage = Page web
ctl-info-source = Construit depuis
ctl-info-needs = A besoin de
ctl-info-provides = Fournit
ctl-info-conflicts = Refuse
ctl-info-offers = Offert
ctl-info-checksum = SHA-256
ctl-why-chosen = { $package } a été choisi.
ctl-why-nobody = Personne n’a choisi { $package } et rien n’en a besoin.
ctl-why-held = { $package } est gardé à sa version.
ctl-why-needs = { $package } a besoin de { $needs }
ctl-why-chains = Il est là pour ce qui a été choisi
ctl-why-direct = Directement nécessaire à
ctl-holds-none = Rien n’est gardé.
ctl-hold-done = Gardé : { $packages }
ctl-unhold-done = Plus gardé : { $packages }
ctl-repo-none = Il n’y a pas encore de dépôt. « moultctl repo add NOM URI » en ajoute un.
ctl-repo-head-name = nom
ctl-repo-head-priority = priorité
ctl-repo-head-trust = confiance
ctl-repo-head-uri = adresse
ctl-repo-unsigned = non signé
ctl-repo-added = { $name } a été ajouté. Il n’est pas signé : quiconque se trouve entre ici et là-bas pourrait changer sa liste.
ctl-repo-added-signed = { $name } a été ajouté.
ctl-state-none = Il n’y a pas encore d’état.
ctl-state-head-number = état
ctl-state-head-created = créé
ctl-state-head-packages = paquets
ctl-state-head-frees = libère
ctl-state-head-what = quoi
ctl-state-active = actif
ctl-state-pending = en route
ctl-state-pinned = épinglé
ctl-state-same = Les deux états ont les mêmes paquets.
ctl-state-activate-ask = L’état { $state } devient l’actif. Celui de maintenant reste, et vous pourrez y revenir.
ctl-state-named = L’état { $state } s’appelle { $name }.
ctl-state-unnamed = L’état { $state } n’a pas de nom.
ctl-state-is-pinned = L’état { $state } reste quand on nettoie les anciens.
ctl-state-is-unpinned = L’état { $state } peut être nettoyé.
ctl-verify-whole = Tout est comme il faut ({ $files } fichiers).
ctl-verify-repaired = réparé
ctl-verify-damaged = abîmé
ctl-verify-todo = « moultctl state verify --repair » répare ce qui est abîmé.
ctl-prune-none = Il n’y a pas d’état à supprimer.
ctl-prune-ask = Ces états disparaissent pour de bon :
ctl-prune-done = Supprimés : { $states }. { $bytes } sont à nouveau libres.
ctl-refresh-done = { $packages } paquets sont offerts.
ctl-installed-older = installé, plus ancien
ctl-model-about = Le système en un texte : ses dépôts et les paquets choisis
ctl-model-export-about = Écrit le modèle de l’état actif, ou d’un autre
ctl-model-import-about = Fait d’un fichier le modèle de l’administrateur, et ajoute les dépôts qu’il nomme
ctl-model-sync-about = Rend le système conforme au modèle de l’administrateur
ctl-model-diff-about = Montre en quoi un modèle et le système diffèrent
ctl-model-file-help = Un modèle de système, en KDL
ctl-model-diff-help = Un modèle de système, en KDL ; sans lui, celui de l’administrateur
ctl-model-too-long = { $file } est trop long pour un modèle.
ctl-model-not-text = { $file } n’est pas un texte.
ctl-model-none = Il n’y a pas de modèle de l’administrateur. « moultctl model import FILE » en crée un.
ctl-model-unknown = Le modèle nomme des dépôts qui ne sont pas ici : { $repositories }. Sans --dry-run, ils sont ajoutés.
ctl-model-would-add = Ces dépôts seraient ajoutés : { $repositories }
ctl-model-no-plan = Ce qui changerait sera connu quand leurs listes de paquets seront lues.
ctl-model-added = Ajoutés pour le modèle : { $repositories }
ctl-model-imported = Le modèle est enregistré. « moultctl model sync » y rend le système conforme.
ctl-model-same = Le modèle et le système concordent.
ctl-model-missing = Manque
ctl-model-beyond = Absent du modèle
ctl-model-repositories = Dépôts qui diffèrent
ctl-compose-about = Fait un système d’un modèle seul, et l’écrit ailleurs
ctl-compose-more = Le même modèle et les mêmes paquets donnent les mêmes octets. Tout reçoit la date SOURCE_DATE_EPOCH, ou 1970. Seul root peut écrire un dossier, car ses fichiers reçoivent leurs propriétaires.
ctl-compose-to-help = Un dossier absent ou vide, une archive, ou le dossier d’une image OCI
ctl-compose-to-wrong = { $to } n’est pas une destination pour un système : c’est un dossier, un fichier qui finit par .tar, ou oci:DOSSIER
ctl-compose-root = compose fait un système d’un modèle seul : --root n’y a aucune part
ctl-compose-needs-root = Seul root peut écrire un dossier : ses fichiers reçoivent leurs propriétaires. Tout le monde peut écrire une archive (FICHIER.tar) ou une image (oci:DOSSIER).
ctl-compose-date = SOURCE_DATE_EPOCH est { $date }, pas un nombre de secondes depuis 1970.
ctl-compose-not-empty = { $to } n’est pas vide.
ctl-compose-busy = Un autre processus écrit { $to }. Attendez qu’il ait fini, ou prenez une autre destination.
ctl-compose-cannot = { $to } ne peut pas être écrit : { $reason }
ctl-composed = { $to } : { $packages } paquets, { $entries } fichiers, liens et dossiers, { $bytes }.
ctl-composed-digest = Image { $digest }
ctl-repo-head-packages = paquets
ctl-repo-head-refreshed = dernière lecture
ctl-repo-never = jamais
ctl-repo-off = désactivé
ctl-repo-not-yet = pas encore vérifié
ctl-repo-signed-by = signé par { $key } jusqu’au { $date }
ctl-repo-follows = { $name } suit { $version }.
ctl-repo-uses = { $name } suit { $version } ; la liste { $history } est utilisée.
ctl-repo-failed = { $name } n’a pas pu être lu le { $date } : { $reason }
ctl-repo-newer = { $name } a un format ({ $format }) que seul un Moult plus récent lit ; la liste d’avant reste utilisée. « { $command } » apporte le plus récent.
ctl-repo-broken = { $file } ne compte pas, ce fichier est inutilisable : { $reason }
ctl-repo-broken-of = { $file } : { $name } ne compte pas, ce dépôt est inutilisable : { $reason }
ctl-repo-no-key = { $file } ne contient pas de clé publique minisign.
ctl-repo-enabled = { $name } est activé.
ctl-repo-disabled = { $name } est désactivé : il n’offre rien.
ctl-repo-offers-nothing = { $name } est inscrit et n’offre encore rien. « { $again } » réessaie, « { $away } » le retire.
ctl-repo-offers-old = { $name } est inscrit, et offre toujours ce qu’il offrait.
ctl-repo-removed = { $name } n’est plus là, ni ce qu’il offrait.
ctl-repo-masked = { $name } vient avec le système, dans { $file } : il est désactivé. « { $command } » le réactive.
ctl-repo-followed = { $name } suit maintenant { $version }.
ctl-refresh-updated = { $name } : une nouvelle liste (paquets : { $packages })
ctl-refresh-unchanged = { $name } : rien de nouveau (paquets : { $packages })
ctl-refresh-moved = { $name } (paquets : { $packages }) : la liste à cette adresse est du passé. Ceci mène là où elle est maintenant : { $command }
ctl-refresh-newer-nowhere = { $name } : seul un Moult plus récent lit son format ({ $format }), et il ne dit pas où le trouver ; la liste d’avant reste utilisée.
ctl-refresh-failed = { $name } : pas lu, la liste d’avant reste utilisée. { $reason }
ctl-versions-streams = Flux, qui avancent
ctl-versions-tags = Étiquettes, qui restent
ctl-versions-history = Toutes les listes publiées
ctl-versions-followed = suivi
ctl-versions-in-use = utilisé
ctl-versions-newer = demande un Moult plus récent ({ $format })
ctl-bridge-offer = Seul un Moult plus récent lit { $name }. Ceci l’apporte :
ctl-bridge-which = Aucun paquet installé n’apporte ce Moult. Dites lequel le contient : « { $command } »
ctl-bridge-nothing = Ce que { $name } désigne comme Moult plus récent est déjà installé, et rien de plus récent n’est connu.
ctl-bridge-done = Le Moult plus récent est en place. « { $command } » continue avec lui.
ctl-bridge-continues = Le Moult plus récent est en place et continue.
ctl-bridge-cannot-continue = Le Moult plus récent est en place et n’a pas pu être lancé : { $reason }. « { $command } » continue.
ctl-plan-unsigned = Non signé, donc quiconque se trouve entre ici et là-bas a pu changer ce qui vient : { $repositories }
ctl-plan-outgrown = Seul un Moult plus récent lit { $name } ; ceci est prévu avec sa dernière liste lisible.
ctl-index-done = Paquets inscrits : { $packages }, { $bytes }.
ctl-index-unsigned = La liste n’est pas signée.
ctl-index-signed = Signée par { $key } sous le numéro { $sequence }, valable jusqu’au { $date }. Qui l’utilise nomme cette clé : { $public }
ctl-index-left-out = Laissés de côté, car plus récent ou identique est là
ctl-password-ask = Mot de passe de la clé :
ctl-password-none = La clé a un mot de passe, et il n’y a personne à qui le demander. --password-fd dit où le lire.
ctl-password-cannot = Le mot de passe ne peut pas être lu : { $reason }
ctl-check-good = Tout est là et comme promis (paquets : { $packages }, { $bytes }).
ctl-check-bad = { $faults } paquets sur { $packages } ne peuvent pas être installés
ctl-check-unsigned = Non signé : aucune clé n’a été nommée pour vérifier la liste.
ctl-check-signed = La liste : { $trust }.
ctl-check-twice = Présents plusieurs fois ; le plus récent compte
ctl-check-missing = Ont besoin de ce qu’aucun paquet de la liste ne fournit
ctl-repo-add-more = Sans clé, la liste n’est pas signée, et cela se voit partout. Si la liste ne peut pas être lue, le dépôt est inscrit quand même, n’offre encore rien, et le code de sortie est 1.
ctl-description-help = Ce que l’on en lit
ctl-key-help = Une clé publique minisign (RW…) ou un fichier qui en contient une ; la liste doit être signée par l’une d’elles
ctl-mirror-help = Une autre adresse au même contenu, essayée quand la première échoue
ctl-follow-help = L’adresse est la base d’un dépôt à versions : suivre stream/X, ou rester à tag/X ou history/X
ctl-channel-help = Canal d’un dépôt à versions (main)
ctl-architecture-help = Architecture d’un dépôt à versions (x86_64)
ctl-repo-remove-about = Retire un dépôt, avec ce qu’il offre
ctl-repo-enable-about = Active un dépôt et lit sa liste de paquets
ctl-repo-disable-about = Désactive un dépôt : il n’offre rien
ctl-repo-versions-about = Montre les versions d’un dépôt : ce qui est suivi, et ce qui est utilisé
ctl-repo-follow-about = Suit une autre version d’un dépôt, ou reste à l’une d’elles, et lit sa liste
ctl-version-name-help = stream/X, tag/X ou history/X
ctl-repo-bridge-about = Apporte le Moult plus récent dont un dépôt a maintenant besoin
ctl-repo-bridge-more = C’est prévu, montré et approuvé comme une installation. Puis « moultctl sync » continue avec lui ; de lui-même dans le système en marche.
ctl-bridge-package-help = Le paquet qui contient Moult ; sans lui, celui qui est installé
ctl-repo-index-about = Inscrit les paquets d’un dossier, pour en faire un dépôt
ctl-repo-index-more = Une liste signée doit être signée à nouveau avant d’expirer.
ctl-index-folder-help = Un dossier avec des fichiers .stone
ctl-sign-help = Une clé secrète minisign pour signer la liste
ctl-password-fd-help = Descripteur où lire le mot de passe de la clé ; sans lui, le terminal le demande
ctl-valid-help = Jours pendant lesquels la liste est valable (90)
ctl-repo-verify-about = Vérifie un dépôt comme le ferait un client ; le code de sortie est 1 si un paquet ne pouvait pas être installé
