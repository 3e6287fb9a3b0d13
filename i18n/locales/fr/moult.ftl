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
state-unknown = { $disk ->
        [none] On ne sait pas dans quel état est le disque choisi. Regardez-le avant de l’utiliser.
       *[other] On ne sait pas dans quel état est { $disk }. Regardez-le avant de l’utiliser.
    }
the-disk = Le disque
failure-none = Rien ne s’est mal passé.
failure-none-todo = Vous pouvez continuer.
failure-cancelled = Vous avez arrêté l’installation.
failure-cancelled-todo = Recommencez quand vous voulez.
failure-busy = Une autre installation est en cours.
failure-busy-todo = Attendez qu’elle soit finie, puis réessayez.
failure-not-authorized = Moult n’a pas eu le droit de travailler sur les disques et le réseau.
failure-not-authorized-todo = Réessayez et autorisez-le, ou demandez à la personne qui s’occupe de cet ordinateur.
failure-backend-stopped = La partie de Moult qui travaille sur les disques s’est arrêtée avant d’avoir fini.
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
