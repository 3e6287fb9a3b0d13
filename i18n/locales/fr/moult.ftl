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
computer-restart = Redémarrer l’ordinateur
computer-off = L’éteindre
computer-stays = L’ordinateur ne veut pas s’arrêter : { $reason }. Appuyez sur sa touche marche/arrêt.
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
welcome-medium = Support d’installation
welcome-medium-unchecked = Il peut être lu en entier et comparé à sa somme de contrôle
welcome-medium-check = Vérifier
welcome-medium-checking = Il est lu et comparé…
welcome-medium-good = Le support est bon.
welcome-medium-damaged = Le support est endommagé : son contenu ne correspond pas à sa somme de contrôle. Vos disques n’ont pas été touchés. Refaites le support, sur une autre clé si cela se reproduit.

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
phase-boot = Écriture et relecture du menu de démarrage.
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

no-boot-loader = Aucun ordinateur ne peut démarrer depuis ce disque : les paquets offerts n’apportent pas de noyau, ou pas de chargeur d’amorçage. Le système y démarre dans un conteneur.
done-title = Le système est installé
done-disk = Il est sur { $disk }, entièrement écrit.
done-account = Ouvrez une session comme { $user }, avec le mot de passe que vous avez choisi.
done-boots = L’ordinateur démarre désormais dessus : retirez le support et redémarrez.
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
failure-backend-stopped-system-todo = Réessayez. Si cela se reproduit, les détails ci-dessous aideront qui cherchera la cause.
failure-bad-input = Un des choix ne peut pas être exécuté ({ $field } : { $reason }).
failure-bad-input-todo = Revenez en arrière, modifiez-le et réessayez.
failure-disk-gone = { $disk } n’est plus là.
failure-disk-gone-todo = Branchez-le de nouveau ou choisissez un autre disque.
failure-disk-changed = { $disk } n’est plus comme il était quand vous avez approuvé le plan : { $difference }
failure-disk-changed-todo = Recommencez et regardez le nouvel état du disque avant de confirmer.
failure-disk-too-small = { $disk } est trop petit : il a { $size }, il faut au moins { $needed }.
failure-disk-too-small-todo = Choisissez un disque plus grand.
failure-disk-refused = { $disk } ne peut pas être choisi : { $reason }
failure-disk-refused-todo = Choisissez un autre disque.
failure-plan-unknown = Le plan confirmé n’est plus valable.
failure-plan-unknown-todo = Recommencez ; un nouveau plan sera fait et vous sera montré.
failure-disk-full = Il n’y avait pas assez de place sur le disque.
failure-disk-full-todo = Recommencez avec un disque plus grand.
failure-disk-full-sizes = Il n’y a pas assez de place sur le disque : il faut { $needed }, { $free } sont libres.
failure-disk-full-system-todo = Libérez d’abord de la place : supprimez d’anciens états (Historique, Libérer de l’espace) ou des programmes inutiles.
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
failure-overtaken = Ce qui devait être annulé a été modifié d’ailleurs depuis.
failure-overtaken-todo = Regardez comment c’est maintenant : rien n’a été annulé.
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
failure-no-uefi = Cet ordinateur n’a pas été démarré par UEFI, et un système que Moult installe n’est démarré que par UEFI.
failure-no-uefi-todo = Ouvrez les réglages du micrologiciel (souvent F2, F10 ou Suppr, juste après la mise sous tension), choisissez UEFI et désactivez « Legacy » ou « CSM ». Redémarrez ensuite ce support. Un très vieil ordinateur n’a peut-être pas d’UEFI.
failure-no-boot-menu = Il n’y a pas de menu de démarrage ici : { $reason }
failure-no-boot-menu-todo = Un ordinateur qui démarre par UEFI et dont la partition système EFI est montée en a un. Un conteneur n’en a pas.
failure-boot-full = La partition système EFI est pleine : le nouveau noyau a besoin de { $needed }, et { $free } sont libres. { $states ->
        [none] Il ne reste aucun état plus ancien dont le noyau pourrait partir.
       *[other] Avec ces états, leurs noyaux partiraient aussi : { $states }
    }
failure-boot-full-todo = Supprimez des états plus anciens, puis réessayez. Ce qui se trouve d’autre sur cette partition peut peut-être partir aussi.
failure-not-bootable = Le disque ne peut pas démarrer : { $reason }
failure-not-bootable-todo = Recommencez. Si cela se reproduit, les détails ci-dessous aideront qui cherchera la cause.
failure-internal = Il s’est passé quelque chose qui ne devrait pas arriver.
failure-internal-todo = Recommencez. Les détails ci-dessous aideront qui cherchera la cause.
not-known = inconnu

## Programs without a window

moult-about = Le programme d’installation et la logithèque de Moult
moult-install-about = Installer un système sur cet ordinateur
moult-trace-help = Écrit une ligne JSON par évènement sur stderr : pages, place des commandes, tâches
moult-size-help = Ouvre une fenêtre de cette taille au lieu de tout l’écran, par exemple 1280x800
moult-kiosk-help = Il n’y a que cette fenêtre sur l’ordinateur : à la fin, elle le redémarre
moult-is-root = moult ne fonctionne pas en tant que root : la fenêtre n’a pas besoin de ce pouvoir. Lancez-le comme utilisateur ordinaire ; il demande lui-même la permission.
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
ctl-state-remove-about = Supprime ces états pour libérer de la place ; les épinglés et l’actif restent
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
ctl-boot-about = Comment la machine démarre, et avec quel état
ctl-boot-status-about = Montre le micrologiciel, le chargeur, le menu, et comment ce démarrage s’est passé
ctl-boot-status-more = Le menu est sur une partition que seul root peut lire. Les autres voient ce que root en a vu en dernier.
ctl-boot-sync-about = Réécrit le menu de démarrage d’après les états, et le relit
ctl-boot-set-next-about = Fait démarrer un état la prochaine fois, ou désormais
ctl-boot-set-next-more = Rien de ce qui tourne ne change. Si la durée n’est pas dite, le choix ne vaut que pour le prochain démarrage.
ctl-boot-once-help = Pour le prochain démarrage seulement
ctl-boot-always-help = Désormais
ctl-boot-firmware = Micrologiciel
ctl-boot-not-uefi = pas d’UEFI : il ne démarre aucun menu de Moult
ctl-boot-secure = Secure Boot
ctl-boot-secure-on = activé
ctl-boot-secure-off = désactivé
ctl-boot-secure-setup = désactivé, et ouvert à de nouvelles clés
ctl-boot-signed = Signé
ctl-boot-signed-none = rien de ce qui démarre ensuite
ctl-boot-signed-kernel = le noyau de ce qui démarre ensuite ; ni son initrd ni sa ligne de commande
ctl-boot-signed-whole = noyau, initrd et ligne de commande de ce qui démarre ensuite
ctl-boot-step-key = Secure Boot est actif, et Moult n’a pas de clé pour signer : le micrologiciel peut refuser ce qui démarre ensuite. Placez une paire de clés dans /etc/moult/secure-boot (db.key, lisible par root seul, et db.crt) et lancez « moultctl boot sync », ou désactivez Secure Boot.
ctl-boot-step-sync = Ce qui démarre ensuite n’est pas signé avec la clé de /etc/moult/secure-boot : lancez « moultctl boot sync ».
ctl-boot-step-stub = Qui peut écrire sur la partition système EFI peut encore changer l’initrd et la ligne de commande. Avec le paquet du stub de systemd (systemd-boot-efi) dans le système, « moultctl boot sync » les signe aussi.
ctl-boot-step-enrol = Le micrologiciel ne vérifie pas encore les signatures : faites-lui connaître /etc/moult/secure-boot/db.crt (dans ses réglages, comme clé de « db »), puis activez Secure Boot.
ctl-boot-loader = Chargeur d’amorçage
ctl-boot-partition = Partition système EFI
ctl-boot-esp = { $path }, { $free } libres sur { $size }
ctl-boot-esp-free = { $path }, { $free } libres
ctl-boot-esp-missing = aucune trouvée
ctl-boot-this = Ce démarrage
ctl-boot-next = Prochain démarrage
ctl-boot-state = état { $state }
ctl-boot-state-once = état { $state }, cette seule fois
ctl-boot-chosen = état { $state }, choisi dans le menu de démarrage
ctl-boot-came-back = état { $state } : l’état { $failed } n’a pas démarré, et la machine est revenue d’elle-même
ctl-boot-kept = état { $state } : l’état { $asked } était demandé et n’a pas pu servir
ctl-boot-reason = { $text } ({ $reason })
ctl-boot-hidden = Ce qui est dans le menu, seul root peut le voir.
ctl-boot-noted = C’est ce que root en a vu en dernier depuis le démarrage.
ctl-boot-no-entry = Il n’y a aucune entrée dans le menu.
ctl-boot-entries = Menu
ctl-boot-good = a démarré, et a été jugé bon
ctl-boot-bad = n’a pas démarré
ctl-boot-tries = essais restants : { $left }
ctl-boot-untried = pas encore essayé
ctl-boot-is-next = prochain
ctl-boot-synced = Le menu de démarrage est écrit, et ce qui a été relu démarre.
ctl-boot-next-once = Le prochain démarrage se fait avec l’état { $state } ; le suivant comme d’habitude.
ctl-boot-next-always = Désormais, la machine démarre avec l’état { $state }.
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

# La boutique : cadre, barre du bas et page qui demande avant un changement
store-explore = Explorer
store-installed = Installés
store-updates = Mises à jour
store-history = Historique
store-sources = Sources
store-queue = File d’attente
store-search = Chercher applications et paquets
store-queue-at-work = File d’attente { $count } · { $percent } %
store-queue-waiting = File d’attente { $count }
store-left-over = { $count ->
        [one] Un changement n’était pas terminé quand la boutique a été fermée. Il continue peut-être, ou il est terminé depuis : « Continuer » vérifie et fait ce qui manque.
       *[other] { $count } changements n’étaient pas terminés quand la boutique a été fermée. Ils continuent peut-être, ou sont terminés depuis : « Continuer » vérifie et fait ce qui manque.
    }
store-left-over-forget = Oublier
store-starting = Recherche de ce qu’il y a
store-try-again = Réessayer
store-percent = { $percent } %
store-notice-away = Masquer
store-undo = Annuler
store-undo-overtaken = Le système a été modifié d’ailleurs depuis ; rien n’a donc été annulé.
store-undo-overtaken-this = Cela a été modifié d’ailleurs depuis ; rien n’a donc été annulé.
store-dropped-elsewhere = { $name } n’est pas sur cet ordinateur. Téléchargez-le d’abord, puis déposez le fichier ici.
store-dropped-no-package = { $name } n’est pas un paquet. La boutique ouvre les fichiers qui se terminent par .stone.
store-failed-more = Que faire
store-review-keep = Tout laisser en l’état
store-review-planning = Calcul de ce qui changerait
store-review-nothing = Rien ne changerait.
store-review-cost = { $download } à télécharger, { $disk } de plus sur le disque.
store-review-files = Fichiers ajoutés : { $added } ; modifiés : { $changed } ; retirés : { $removed }.
store-review-packages-tab = Paquets ({ $shown })
store-review-files-tab = Fichiers ({ $shown })
store-review-marked = { $count ->
        [one] { $shown } fichier mérite un second regard : set-id, noyau, démarrage ou service
       *[other] { $shown } fichiers méritent un second regard : set-id, noyau, démarrage ou service
    }
store-review-unsigned = Non signé : { $repositories }. N’importe qui entre vous et cette source a pu modifier ces paquets.
store-review-go = Ceux-ci partent
store-review-older = Ceux-ci redeviennent plus anciens
store-review-come = Ceux-ci arrivent
store-review-newer = Ceux-ci deviennent plus récents
store-review-again = Ceux-ci sont installés à nouveau
store-review-mark = Pour ceux-ci, on note si vous les avez choisis
store-review-orphans = { $count ->
        [one] Personne n’a plus besoin de celui-ci ; il reste
       *[other] Personne n’a plus besoin de ces { $count } paquets ; ils restent
    }
store-review-more = { $count ->
        [one] et un de plus
       *[other] et { $count } de plus
    }
store-review-from-to = { $name } { $old } → { $new }
store-review-one = { $name } { $version }
store-about = Explorer, installer et mettre à jour des logiciels, et revenir en arrière
store-opening-help = Un lien appstream:, un fichier .stone, ou rien
store-kiosk-help = Il n’y a pas de bureau : la fenêtre a un menu des dispositions de clavier et demande elle-même les mots de passe
store-check-help = Chercher une fois les mises à jour, les annoncer par une notification s’il y en a, puis finir
store-opening-wrong = Ceci n’est ni un lien appstream: ni un fichier .stone : { $text }
## The store: kinds, categories, signs

store-loading = Recherche en cours…
store-kind-app = Application
store-kind-console = Programme de terminal
store-kind-addon = Extension
store-kind-font = Police
store-kind-component = Composant
store-kind-system = Paquet système
store-kinds-app = Applications
store-kinds-console = Programmes de terminal
store-kinds-addon = Extensions
store-kinds-font = Polices
store-kinds-component = Codecs, pilotes, traductions
store-kinds-system = Paquets système
store-category-audiovideo = Son et vidéo
store-category-audio = Son
store-category-video = Vidéo
store-category-development = Programmation
store-category-education = Apprendre
store-category-game = Jeux
store-category-graphics = Graphisme
store-category-network = Internet
store-category-office = Bureautique
store-category-science = Sciences
store-category-settings = Réglages
store-category-system = Système
store-category-utility = Outils
store-sign-held = Retenu
store-sign-newer = Mise à jour
store-sign-installed = Installé

## The store: Explore

store-explore-day = L’application du jour
store-explore-categories = Catégories
store-explore-featured = À découvrir
store-explore-fresh = Nouvelles versions
store-explore-everything = Tout afficher
store-explore-known = { $items } applications et paquets au choix, { $packages } paquets en tout
store-explore-nothing = Il n’y a encore rien à choisir
store-explore-nothing-todo = Aucune source de paquets n’a été lue. La page Sources montre celles qui existent et permet de les lire.

## The store: lists

store-browse-everything = Tout
store-browse-installed = Installé
store-browse-search = « { $term } »
store-browse-count = { $count ->
        [one] un résultat
       *[other] { $shown } résultats
    }
store-browse-count-best = les { $shown } meilleurs
store-browse-every-kind = Tous les genres
store-browse-every-category = Toutes les catégories
store-browse-every-repository = Toutes les sources
store-browse-menu-hint = Taper pour chercher
store-browse-menu-nothing = Rien ne porte ce nom.
store-browse-installed-only = Seulement ce qui est installé
store-browse-nothing = Rien trouvé pour « { $term } »
store-browse-nothing-here = Il n’y a rien ici
store-browse-nothing-todo = Une seule faute de frappe ne change rien. Essayez un autre mot, ou l’usage : « photos », « musique ».
store-browse-nothing-filtered-todo = Des filtres sont actifs : ils le cachent peut-être.
store-browse-clear = Sans filtre

## The store: the page of an app

store-item-install = Installer
store-item-install-look = Installer…
store-item-update = Mettre à jour
store-item-update-look = Mettre à jour…
store-item-open = Ouvrir
store-item-remove = Supprimer…
store-item-planning = Calcul de ce qu’il faut…
store-item-nowhere = Aucune source ne le propose.
store-item-nowhere-any-more = Plus aucune source ne le propose : il n’aura pas de mise à jour.
store-item-held = Vous retenez cette version : les mises à jour n’y touchent pas.
store-item-versions = De { $old } à { $new }
store-item-nothing-to-do = Rien ne changerait.
store-item-download = { $size } à télécharger
store-item-download-nothing = Rien à télécharger : tout est déjà là
store-item-disk = { $size } de plus sur le disque
store-item-more = { $count ->
        [one] Un paquet nécessaire l’accompagne
       *[other] { $shown } paquets nécessaires l’accompagnent
    }
store-item-newer = { $count ->
        [one] Un autre paquet est mis à jour en même temps
       *[other] { $shown } autres paquets sont mis à jour en même temps
    }
store-item-gone = { $count ->
        [one] Un paquet partirait ou deviendrait plus ancien. Vous verrez lequel avant que rien ne se passe.
       *[other] { $shown } paquets partiraient ou deviendraient plus anciens. Vous verrez lesquels avant que rien ne se passe.
    }
store-item-unsigned = Non signé ({ $repositories }) : n’importe qui sur le chemin pourrait changer ce qui arrive.
store-item-waiting = Attend son tour
store-item-starting = Demande de votre autorisation
store-item-asking = Attend votre réponse
store-item-stopping = Arrêt en cours…
store-item-shot-of = { $number } sur { $count }
store-item-shot-previous = Image précédente
store-item-shot-next = Image suivante
store-item-shot-coming = L’image arrive…
store-item-shot-refused = Cette image est à une adresse qui n’est pas consultée.
store-item-shot-unreachable = L’image n’est pas arrivée.
store-item-shot-no-picture = Ce qui est arrivé n’est pas une image affichable.
store-item-new = Nouveautés
store-item-releases-before = Versions précédentes
store-item-release = Version { $version }
store-item-release-security = pour votre sécurité
store-item-release-silent = Ses auteurs n’en disent rien.
store-item-addons = Extensions
store-item-facts = Informations
store-item-kind = Genre
store-item-version = Version
store-item-license = Licence
store-item-size = Taille sur le disque
store-item-package-size = Taille du paquet
store-item-source = Source
store-item-package = Paquet
store-item-categories = Catégories
store-item-signed = Signé
store-item-signed-not-yet = Une clé est indiquée, mais rien n’a été lu depuis
store-item-signed-not = Non signé
store-link-homepage = Page d’accueil
store-link-bugtracker = Signaler un problème
store-link-help = Aide
store-link-donation = Faire un don
store-link-translate = Aider à traduire
store-link-contact = Contact
store-link-source = Code source
store-link-contribute = Participer
store-link-other = Sur le Web
store-item-more-about = En savoir plus
store-item-why = Pourquoi c’est là, et qui en a besoin
store-item-why-chosen = Vous l’avez choisi.
store-item-why-needed = Quelque chose que vous avez choisi en a besoin :
store-item-why-nobody = Personne ne l’a choisi, et rien de ce qui a été choisi n’en a besoin.
store-item-needed-by-nobody = Aucun paquet installé n’en a besoin.
store-item-needed-by = { $count ->
        [one] Un paquet installé en a besoin :
       *[other] { $shown } paquets installés en ont besoin :
    }
store-item-needs = Ce dont il a besoin
store-item-along-packages = Vient avec
store-item-needs-nothing = Il n’a besoin de rien d’autre.
store-item-and-more = et { $shown } autres
store-item-files = Ses fichiers
store-item-files-none = Aucun fichier n’est connu : ils le seront dès qu’il aura été ici.
store-item-files-count = { $count ->
        [one] Un fichier ou dossier
       *[other] { $shown } fichiers et dossiers
    }
store-item-files-first = Les { $shown } premiers fichiers et dossiers
store-item-file-set-id = s’exécute avec les droits du propriétaire
store-item-file-link = lien
store-item-file-folder = dossier
store-launch-missing = { $name } n’a pas d’entrée pour démarrer. Il faut peut-être ouvrir une nouvelle session.
store-launch-terminal = { $name } s’exécute dans un terminal : tapez-y son nom.
store-launch-malformed = Ce que { $name } dit de son démarrage est incompréhensible. Ses auteurs voudront le savoir.
store-launch-no-program = Le programme { $program } n’est pas là.
store-launch-system = { $name } n’a pas démarré : { $reason }
## How long ago something was

ago-now = à l’instant
ago-minutes = { $count ->
        [one] il y a une minute
       *[other] il y a { $count } minutes
    }
ago-hours = { $count ->
        [one] il y a une heure
       *[other] il y a { $count } heures
    }
ago-days = { $count ->
        [one] il y a un jour
       *[other] il y a { $count } jours
    }

## The store: lists of files that come, change and go

store-files-added = arrive
store-files-changed = change
store-files-removed = disparaît
store-files-set-id = s’exécute avec les droits de son propriétaire (set-id)
store-files-kernel = noyau
store-files-boot = démarre l’ordinateur
store-files-service = démarre tout seul (service)
store-files-count-added = { $count ->
        [one] { $shown } fichier arrive
       *[other] { $shown } fichiers arrivent
    }
store-files-count-changed = { $count ->
        [one] { $shown } fichier change
       *[other] { $shown } fichiers changent
    }
store-files-count-removed = { $count ->
        [one] { $shown } fichier disparaît
       *[other] { $shown } fichiers disparaissent
    }
store-files-only-marked = Seulement ceux qui méritent un second regard ({ $shown })
store-files-reading = Comparaison des fichiers…
store-files-more = la suite est en cours de lecture…
store-files-cut = La liste est trop longue pour être affichée en entier ; la suite manque ici.
store-files-none = Aucun fichier ne change.
store-files-none-marked = Aucun fichier ici ne mérite un second regard.

## The store: Updates

store-updates-title = Mises à jour
store-updates-checked = vérifié { $ago } ({ $moment })
store-updates-checked-partly = tout n’a pas pu être vérifié
store-updates-checked-never = jamais vérifié
store-updates-check = Vérifier maintenant
store-updates-checking = Vérification…
store-updates-working = Calcul de ce qui change…
store-updates-no-source = Aucune source n’est activée, rien de plus récent ne peut donc être trouvé. Activez-en une sous « Sources ».
store-updates-never = { $name } n’a jamais été lue : on ne sait pas ce qu’elle contient.
store-updates-never-why = { $name } n’a jamais pu être lue : { $reason }
store-updates-failed = { $name } n’a pas pu être lue le { $failed } : { $reason } Ce qui est montré date du { $refreshed }.
store-updates-expired = La signature de { $name } était valable jusqu’au { $expires }. Du plus récent vous est peut-être caché : vérifiez à nouveau.
store-updates-outgrown = { $name } demande désormais un Moult plus récent. Mettez d’abord Moult à jour ; d’ici là, rien de plus récent n’en viendra.
store-updates-broken = { $path } est inutilisable, ce qu’il décrit n’a donc pas été consulté : { $reason }
store-updates-unsigned = Non signé : { $names }. N’importe qui sur le chemin a pu modifier ce qui en vient.
store-updates-notes = { $count ->
        [one] Une remarque
       *[other] { $count } remarques
    }
store-updates-notes-close = Fermer les remarques
store-updates-none = Tout est à jour
store-updates-none-lead = Toutes les sources ont été lues, aucune n’a rien de plus récent.
store-updates-none-kept = Rien à mettre à jour, mais certaines choses restent en arrière
store-updates-none-kept-lead = Il existe plus récent pour ce qui suit. Chacun dit pourquoi il reste.
store-updates-none-known = Aucune mise à jour connue
store-updates-none-known-lead = La dernière vérification date de plus d’un jour. Vérifiez maintenant pour en être sûr.
store-updates-not-known = On ne sait pas s’il y a des mises à jour
store-updates-not-known-lead = Toutes les sources n’ont pas pu être lues. Rien de plus récent dans ce qui est ici.
store-updates-security = Sécurité
store-updates-system = Système
store-updates-apps = Applications
store-updates-group = { $group } { $shown }
store-updates-only-security = Seulement la sécurité
store-updates-chosen-of = { $chosen } sur { $all } choisis
store-updates-more = Vient avec ce que vous avez choisi
store-updates-kept = Reste tel quel
store-updates-kept-facts = { $version } existe · { $reason }
store-updates-held = retenu par vous
store-updates-kept-needs = d’autres en ont besoin ainsi, ou refusent le plus récent
store-updates-kept-held = reste parce que vous retenez { $names }
store-updates-let-go = Libérer
store-updates-hold = Retenir cette version
store-updates-choose = Mettre à jour
store-updates-along = vient avec
store-updates-stays = impossible seul
store-updates-goes = disparaît
store-updates-comes = nouveau
store-updates-older = vers une version plus ancienne
store-updates-row-unsigned = non signé
store-updates-versions = { $old } → { $new }
store-updates-rebuilt = { $version }, reconstruit ({ $old } → { $new })
store-updates-row-files = { $count ->
        [one] { $shown } fichier change
       *[other] { $shown } fichiers changent
    }
store-updates-download = { $size } à télécharger
store-updates-from = de { $repository }
store-updates-needs = demande { $missing }
store-updates-needs-of = demande { $missing } (sur { $whole } ; le reste est là)
store-updates-needs-nothing = rien à télécharger
store-updates-disk = occupe { $bytes } de plus sur le disque
store-updates-after-none = rien à redémarrer
store-updates-after-programs = les programmes ouverts gardent l’ancienne version jusqu’à leur redémarrage
store-updates-after-session = il faudra vous reconnecter ensuite
store-updates-after-computer = l’ordinateur devra redémarrer ensuite
store-updates-word-programs = relancer les programmes
store-updates-word-session = se reconnecter
store-updates-word-computer = redémarrage
store-updates-nothing-chosen = Rien n’est choisi.
store-updates-files = { $count ->
        [one] { $shown } fichier change
       *[other] { $shown } fichiers changent
    }
store-updates-files-unknown = Les fichiers qui changent ne peuvent être donnés pour l’instant : { $reason }
store-updates-files-title = Ce qui change, fichier par fichier
store-updates-update = Mettre à jour { $shown }
store-updates-update-none = Mettre à jour
store-updates-queued = Dans la file
store-updates-gone = Il n’y a plus de mise à jour pour ceci.
store-updates-open = Ouvrir sa page
store-updates-news = Nouveautés
store-updates-no-news = Ses auteurs ne disent pas ce qui est nouveau. Les fichiers qui changent sont à côté.
store-updates-no-notes = Rien n’est dit de cette version.
store-updates-urgency-high = important
store-updates-urgency-critical = corrige une faille de sécurité
store-updates-restart-kernel = L’ordinateur tourne encore avec le noyau { $kernel }, qui n’est plus celui du système. Un redémarrage prendra le nouveau.
store-updates-restart-computer = Redémarrez l’ordinateur : du système précédent tourne encore { $names }.
store-updates-restart-session = Reconnectez-vous : du système précédent tourne encore { $names }.
store-updates-restart-programs = À fermer et rouvrir : du système précédent tourne encore { $names }.
store-updates-restart-names = { $count ->
        [one] { $names } et { $shown } autre programme
       *[other] { $names } et { $shown } autres programmes
    }
store-updates-marked = { $count ->
        [one] { $shown } fichier mérite un second regard : set-id, noyau, démarrage ou service
       *[other] { $shown } fichiers méritent un second regard : set-id, noyau, démarrage ou service
    }
store-updates-restart-unknown = Impossible de savoir ce qui tourne encore du système précédent : { $reason }
store-updates-restart-unseen = Les programmes d’autres personnes et du système n’ont pas pu être examinés. Un redémarrage de l’ordinateur garantit qu’aucun ne vient du système précédent.
store-updates-restart-why = Pourquoi
store-updates-restart-title = Ce qui tourne encore du système précédent
store-updates-restart-lead = Une mise à jour ne change jamais un programme en marche. Ceux-ci continuent comme avant jusqu’à leur redémarrage.
store-updates-restart-incomplete = Les programmes d’autres personnes et du système n’ont pas tous pu être examinés ; il en manque peut-être.
store-updates-program-itself = à fermer et rouvrir
store-updates-program-session = se déconnecter puis se reconnecter
store-updates-program-computer = redémarrer l’ordinateur
store-updates-program-pid = processus { $pid }
store-updates-program-files = utilise { $files }, tel qu’avant

## The store: History

store-history-title = Historique
store-history-made = { $moment }, { $ago }
store-history-working = Lecture des états…
store-history-none = Pas encore d’historique
store-history-none-lead = Chaque changement du système crée un état auquel vous pourrez revenir. Le premier changement crée le premier.
store-history-undo = Annuler
store-history-redo = Rétablir
store-history-room = Libérer de l’espace
store-history-slide = Glissez le long de la ligne pour comparer un état avec maintenant.
store-history-choose-other = Choisissez maintenant sur la ligne avec quoi le comparer.
store-history-state = État { $number }
store-history-state-named = { $name } (état { $number })
store-history-active = maintenant, et au prochain démarrage
store-history-active-now = maintenant
store-history-next = au prochain démarrage
store-history-next-once = au prochain démarrage, cette seule fois
store-history-came-back = L’état { $failed } n’a pas démarré. La machine est revenue d’elle-même à l’état { $state }.
store-history-chosen = Vous avez démarré l’état { $state } depuis le menu de démarrage.
store-history-chosen-once = Vous avez démarré l’état { $state } depuis le menu de démarrage, pour cette fois. Le prochain démarrage se fera de nouveau avec l’état { $next }.
store-history-not-used = L’état { $asked } devait démarrer et n’a pas pu servir. L’état { $state } tourne, comme avant.
store-history-compare = Comparer
store-history-keep-this = Garder celui-ci
store-history-go-back = Revenir
store-history-pending = incomplet : sa création a été interrompue
store-history-pinned = gardé pour toujours
store-history-holds = { $count ->
        [one] { $shown } paquet
       *[other] { $shown } paquets
    }
store-history-gives = libère { $bytes }
store-history-about = Cet état
store-history-tab = { $name } { $shown }
store-history-packages = Paquets
store-history-files = Fichiers
store-history-go = Aller à l’état { $number }
store-history-go-means = Prend un instant, sans téléchargement. L’état actuel reste : on y revient de la même façon. Vos fichiers ne sont pas touchés.
store-history-next-only = Démarrer une seule fois
store-history-from-now = Démarrer désormais
store-history-start-means = Rien de ce qui tourne ne change : le choix vaut pour le menu de démarrage.
store-history-now = Comparer avec maintenant
store-history-other-end = Comparer avec un autre
store-history-other-stop = Ne plus choisir
store-history-pin = Garder pour toujours
store-history-unpin = Ne plus garder pour toujours
store-history-queued = Dans la file
store-history-name = Nom
store-history-name-hint = par exemple « avant la mise à jour »
store-history-save = Enregistrer
store-history-compared-now = Ce que change le passage de maintenant à l’état { $to } :
store-history-compared = Ce qui change de l’état { $from } à l’état { $to } :
store-history-same = C’est ce que vous avez maintenant.
store-history-comparing = Comparaison…
store-history-not-compared = Non comparé.
store-history-no-packages = Les paquets sont les mêmes.
store-history-newer = { $count ->
        [one] { $shown } plus récent
       *[other] { $shown } plus récents
    }
store-history-older = { $count ->
        [one] { $shown } plus ancien
       *[other] { $shown } plus anciens
    }
store-history-come = { $count ->
        [one] { $shown } arrive
       *[other] { $shown } arrivent
    }
store-history-go-away = { $count ->
        [one] { $shown } disparaît
       *[other] { $shown } disparaissent
    }
store-history-other = { $shown } autrement
store-history-comes = { $version } arrive
store-history-goes = { $version } disparaît
store-history-upgrade = { $old } → { $new }
store-history-downgrade = { $old } → { $new } (plus ancien)
store-history-again = { $version }, réinstallé
store-history-marked = présent parce qu’il a été choisi
store-history-unmarked = présent tant que d’autres en ont besoin
store-history-did-update-all = Système mis à jour
store-history-did-update = Mis à jour : { $names }
store-history-did-install = Installé : { $names }
store-history-did-reinstall = Réinstallé : { $names }
store-history-did-remove = Supprimé : { $names }
store-history-did-mark = Présent parce que choisi : { $names }
store-history-did-mark-automatic = Présent tant que d’autres en ont besoin : { $names }
store-history-did-model = Un modèle de système a été suivi
store-history-did-bring = Apporté le plus récent { $names }
store-history-names-more = { $names } et { $count } de plus
store-history-verify = Vérifier chaque fichier
store-history-verifying = Chaque fichier est comparé à ce qu’il doit être…
store-history-whole = { $count ->
        [one] { $shown } fichier examiné, tel qu’il doit être.
       *[other] { $shown } fichiers examinés, tels qu’ils doivent être.
    }
store-history-damaged = { $count ->
        [one] { $shown } fichier n’est pas tel qu’il doit être.
       *[other] { $shown } fichiers ne sont pas tels qu’ils doivent être.
    }
store-history-mended = { $count ->
        [one] { $shown } fichier est de nouveau tel qu’il doit être.
       *[other] { $shown } fichiers sont de nouveau tels qu’ils doivent être.
    }
store-history-damage = { $path } : { $problem }
store-history-damage-more = { $count ->
        [one] et { $shown } autre
       *[other] et { $shown } autres
    }
store-history-repair = Réparer
store-history-room-lead = Les anciens états gardent ce à quoi vous pouvez revenir. Laissez partir les inutiles ; ce qu’ils partagent avec d’autres reste.
store-history-room-all = Tous ceux qui peuvent partir ({ $shown })
store-history-stays-active = reste : actif en ce moment
store-history-stays-pending = reste : pas encore complet
store-history-stays-pinned = reste : gardé pour toujours
store-history-none-chosen = Aucun état n’est choisi.
store-history-sum = { $count ->
        [one] { $shown } état libère au moins { $bytes }.
       *[other] { $shown } états libèrent au moins { $bytes }.
    }
store-history-remove = { $count ->
        [one] Supprimer { $shown } état
       *[other] Supprimer { $shown } états
    }
store-history-remove-ask = { $count ->
        [one] { $shown } état disparaît pour de bon. Vous ne pourrez plus y revenir.
       *[other] { $shown } états disparaissent pour de bon. Vous ne pourrez plus y revenir.
    }
store-history-keep = Garder
# La logithèque : quelqu’un doit donner son accord
store-authenticate-title = Confirmez qui vous êtes
store-authenticate-what = Ce qui sera fait
store-authenticate-other = C’est un autre programme qui le demande, pas la logithèque.
store-authenticate-who = Qui confirme
store-authenticate-person = { $name } ({ $user }) confirme.
store-authenticate-user = { $user } confirme.
store-authenticate-password = Mot de passe
store-authenticate-empty = Le mot de passe manque encore.
store-authenticate-too-long = C’est plus long qu’un mot de passe ne peut l’être.
store-authenticate-caps = Le verrouillage des majuscules est actif.
store-authenticate-refused =
    { $left ->
        [one] Ce n’était pas le bon mot de passe. Il reste un essai.
       *[other] Ce n’était pas le bon mot de passe. Il reste { $left } essais.
    }
store-authenticate-broken = Le mot de passe n’a pas pu être vérifié : { $reason }. Rien n’a été modifié.
store-authenticate-checking = Vérification…
store-authenticate-continue = Continuer
store-authenticate-again = Réessayer
store-authenticate-cancel = Annuler
store-authenticate-plan = Paquets
store-authenticate-action = Action
store-authenticate-command = Commande
store-authenticate-process = Processus

# La logithèque : chercher des mises à jour, sans fenêtre
store-check-title =
    { $count ->
        [one] Une mise à jour
       *[other] { $count } mises à jour
    }
store-check-title-security =
    { $count ->
        [one] Une mise à jour, de sécurité
       *[other] { $count } mises à jour, dont { $security } de sécurité
    }
store-check-body = { $size } à télécharger. Listes de paquets du { $date }.
store-check-told = Mises à jour annoncées : { $count }
store-check-nobody = Rien n’est annoncé : cette session n’affiche pas de notifications.
store-check-battery = Pas maintenant : la batterie est presque vide.
store-check-metered = Pas maintenant : ce réseau peut coûter de l’argent.
store-check-offline = Pas maintenant : Internet n’est pas joignable.
store-check-busy = Pas maintenant : le réseau est en cours d’utilisation.
store-check-not-refreshed = Rien n’est annoncé : aucune liste de paquets n’a encore été lue, on ne sait donc rien.
store-check-none = Les listes de paquets ne contiennent pas de mises à jour.
store-check-said-before = Rien n’est annoncé : ces mises à jour l’ont déjà été.
store-check-failed = La recherche de mises à jour n’a pas pu commencer : { $reason }
store-asked-plan =
    { $wish } : { $count ->
        [one] un paquet
       *[other] { $shown } paquets
    }, { $download } à télécharger
store-asked-and-more = { $first }, puis { $count ->
        [one] une autre chose
       *[other] { $count } autres choses
    }
## The store: operations in words (a wish, while it is done, afterwards)

store-said-two = { $first } et { $second }
store-said-more = { $count ->
        [one] { $names } et un autre
       *[other] { $names } et { $shown } autres
    }
store-said-install-wish = { $count ->
        [one] Installer { $names }
       *[other] Installer { $names }
    }
store-said-install-now = { $count ->
        [one] Installation en cours : { $names }
       *[other] Installation en cours : { $names }
    }
store-said-install-done = { $count ->
        [one] { $names } a été installé
       *[other] { $names } ont été installés
    }
store-said-install-some-wish = Installer des paquets
store-said-install-some-now = Installation de paquets en cours
store-said-install-some-done = Des paquets ont été installés
store-said-reinstall-wish = { $count ->
        [one] Réinstaller { $names }
       *[other] Réinstaller { $names }
    }
store-said-reinstall-now = { $count ->
        [one] Réinstallation en cours : { $names }
       *[other] Réinstallation en cours : { $names }
    }
store-said-reinstall-done = { $count ->
        [one] { $names } a été réinstallé
       *[other] { $names } ont été réinstallés
    }
store-said-remove-wish = { $count ->
        [one] Retirer { $names }
       *[other] Retirer { $names }
    }
store-said-remove-now = { $count ->
        [one] Retrait en cours : { $names }
       *[other] Retrait en cours : { $names }
    }
store-said-remove-done = { $count ->
        [one] { $names } a été retiré
       *[other] { $names } ont été retirés
    }
store-said-orphans-wish = Retirer ce dont personne n’a besoin
store-said-orphans-now = Retrait en cours de ce dont personne n’a besoin
store-said-orphans-done = Ce dont personne n’a besoin a été retiré
store-said-sync-wish = Tout mettre à jour
store-said-sync-now = Mise à jour de tout en cours
store-said-sync-done = Tout a été mis à jour
store-said-sync-part-now = { $count ->
        [one] Mise à jour de { $shown } paquet en cours
       *[other] Mise à jour de { $shown } paquets en cours
    }
store-said-sync-part-done = { $count ->
        [one] { $shown } paquet a été mis à jour
       *[other] { $shown } paquets ont été mis à jour
    }, { $why ->
        [held] { $stay ->
            [one] { $kept } est retenu
           *[other] { $kept } sont retenus
        }
       *[other] { $stay ->
            [one] { $kept } reste tel quel
           *[other] { $kept } restent tels quels
        }
    }
store-said-update-wish = { $count ->
        [one] Mettre à jour { $names }
       *[other] Mettre à jour { $names }
    }
store-said-update-now = { $count ->
        [one] Mise à jour en cours : { $names }
       *[other] Mise à jour en cours : { $names }
    }
store-said-update-done = { $count ->
        [one] { $names } a été mis à jour
       *[other] { $names } ont été mis à jour
    }
store-said-explicit-wish = { $count ->
        [one] Retenir que { $names } a été choisi
       *[other] Retenir que { $names } ont été choisis
    }
store-said-explicit-now = { $count ->
        [one] Le choix de garder { $names } est en train d’être retenu
       *[other] Le choix de garder { $names } est en train d’être retenu
    }
store-said-explicit-done = { $count ->
        [one] { $names } compte comme choisi
       *[other] { $names } comptent comme choisis
    }
store-said-automatic-wish = { $count ->
        [one] Garder { $names } seulement tant qu’il est nécessaire
       *[other] Garder { $names } seulement tant qu’ils sont nécessaires
    }
store-said-automatic-now = { $count ->
        [one] La règle est en train d’être retenue : { $names }, seulement tant qu’il est nécessaire
       *[other] La règle est en train d’être retenue : { $names }, seulement tant qu’ils sont nécessaires
    }
store-said-automatic-done = { $count ->
        [one] { $names } reste seulement tant qu’il est nécessaire
       *[other] { $names } restent seulement tant qu’ils sont nécessaires
    }
store-said-local-wish = Installer { $name } depuis un fichier
store-said-local-now = Installation en cours depuis un fichier : { $name }
store-said-local-done = { $name } a été installé depuis un fichier
store-said-activate-wish = Aller à l’état { $state }
store-said-activate-now = Passage à l’état { $state }
store-said-activate-done = L’état { $state } est maintenant actif
store-said-back-wish = Revenir à l’état { $state }
store-said-back-now = Retour à l’état { $state }
store-said-back-done = L’état { $state } est de nouveau actif
store-said-states-wish = { $count ->
        [one] Supprimer l’état { $state }
       *[other] Supprimer { $shown } états
    }
store-said-states-now = { $count ->
        [one] Suppression de l’état { $state }
       *[other] Suppression de { $shown } états
    }
store-said-states-done = { $count ->
        [one] L’état { $state } a été supprimé
       *[other] { $shown } états ont été supprimés
    }
store-said-verify-wish = Vérifier les fichiers du système
store-said-verify-now = Vérification des fichiers du système
store-said-verify-done = Les fichiers du système ont été vérifiés
store-said-repair-wish = Vérifier et réparer les fichiers du système
store-said-repair-now = Vérification et réparation des fichiers du système
store-said-repair-done = Les fichiers du système ont été vérifiés et réparés
store-said-refresh-all-wish = Relire toutes les listes de paquets
store-said-refresh-all-now = Lecture de toutes les listes de paquets
store-said-refresh-all-done = Toutes les listes de paquets ont été relues
store-said-refresh-wish = Relire la liste de paquets de { $name }
store-said-refresh-now = Lecture de la liste de paquets de { $name }
store-said-refresh-done = La liste de paquets de { $name } a été relue
store-said-add-wish = Enregistrer le dépôt { $name }
store-said-add-now = Enregistrement du dépôt { $name }
store-said-add-done = Le dépôt { $name } a été enregistré
store-said-away-wish = Retirer le dépôt { $name }
store-said-away-now = Retrait du dépôt { $name }
store-said-away-done = Le dépôt { $name } a été retiré
store-said-return-wish = Rétablir le dépôt { $name }
store-said-return-now = Rétablissement du dépôt { $name }
store-said-return-done = Le dépôt { $name } est rétabli
store-said-on-wish = Activer le dépôt { $name }
store-said-on-now = Activation du dépôt { $name }
store-said-on-done = Le dépôt { $name } a été activé
store-said-off-wish = Désactiver le dépôt { $name }
store-said-off-now = Désactivation du dépôt { $name }
store-said-off-done = Le dépôt { $name } a été désactivé
store-said-bridge-wish = Installer le Moult plus récent que { $name } demande
store-said-bridge-now = Installation du Moult plus récent que { $name } demande
store-said-bridge-done = Le Moult plus récent que { $name } demandait est là
store-said-follow-wish = Suivre le flux { $stream } de { $name }
store-said-follow-now = Passage de { $name } au flux { $stream }
store-said-follow-done = { $name } suit le flux { $stream }
store-said-stay-wish = Rester à { $point } pour { $name }
store-said-stay-now = Passage de { $name } à { $point }
store-said-stay-done = { $name } reste à { $point }
store-said-unfollow-wish = Revenir à { $point } pour { $name }
store-said-unfollow-now = Retour de { $name } à { $point }
store-said-unfollow-done = { $name } est de nouveau à { $point }
store-said-hold-wish = { $count ->
        [one] Garder { $names } à sa version
       *[other] Garder { $names } à leurs versions
    }
store-said-hold-now = { $count ->
        [one] La consigne est en train d’être retenue : { $names } garde sa version
       *[other] La consigne est en train d’être retenue : { $names } gardent leurs versions
    }
store-said-hold-done = { $count ->
        [one] { $names } est gardé à sa version
       *[other] { $names } sont gardés à leurs versions
    }
store-said-unhold-wish = { $count ->
        [one] Laisser { $names } être mis à jour
       *[other] Laisser { $names } être mis à jour
    }
store-said-unhold-now = { $count ->
        [one] La consigne est en train d’être levée : { $names }
       *[other] La consigne est en train d’être levée : { $names }
    }
store-said-unhold-done = { $count ->
        [one] { $names } n’est plus gardé à sa version
       *[other] { $names } ne sont plus gardés à leurs versions
    }
store-said-name-wish = Nommer l’état { $state } « { $name } »
store-said-name-now = L’état { $state } reçoit le nom « { $name } »
store-said-name-done = L’état { $state } s’appelle « { $name } »
store-said-unname-wish = Retirer le nom de l’état { $state }
store-said-unname-now = Retrait du nom de l’état { $state }
store-said-unname-done = L’état { $state } n’a pas de nom
store-said-once-wish = Démarrer l’état { $state } la prochaine fois
store-said-once-now = Réglage du prochain démarrage sur l’état { $state }
store-said-once-done = L’état { $state } démarre la prochaine fois, et seulement alors
store-said-usual-wish = Démarrer comme d’habitude la prochaine fois
store-said-usual-now = Retour au démarrage habituel pour la prochaine fois
store-said-usual-done = Le prochain démarrage est de nouveau celui d’habitude
store-said-again-wish = Démarrer de nouveau l’état { $state } la prochaine fois
store-said-again-now = Réglage du prochain démarrage de nouveau sur l’état { $state }
store-said-again-done = L’état { $state } démarre de nouveau la prochaine fois, et seulement alors
store-said-start-wish = Démarrer l’état { $state } désormais
store-said-start-now = Réglage du démarrage sur l’état { $state }
store-said-start-done = L’état { $state } démarre désormais
store-said-pin-wish = Garder l’état { $state } pour toujours
store-said-pin-now = L’état { $state } est en train d’être épinglé
store-said-pin-done = L’état { $state } est gardé pour toujours
store-said-unpin-wish = Ne plus garder l’état { $state } pour toujours
store-said-unpin-now = L’état { $state } est en train d’être détaché
store-said-unpin-done = L’état { $state } peut de nouveau être supprimé

## The store: installed

store-installed-title = Installés
store-installed-loading = Recherche de ce qui est installé…
store-installed-failed = Ce qui est installé n’a pas pu être lu.
store-installed-apps = Applications · { $shown }
store-installed-packages = Système · { $shown }
store-installed-filter = Ne montrer que
store-installed-filter-hint = Une partie du nom
store-installed-shown = { $shown } sur { $total }
store-installed-none-apps = Aucune application décrite par un catalogue n’est installée.
store-installed-none-packages = Rien d’autre n’est installé.
store-installed-none-found = Rien ici ne porte cela dans son nom ou sa description.
store-installed-sort = Dans l’ordre
store-installed-sort-name = Nom
store-installed-sort-size = Taille
store-installed-sort-came = Plus récents
store-installed-sort-chosen = Choisis d’abord
store-installed-sizing = Lecture des tailles : { $done } sur { $total }
store-installed-came-unknown = Les états conservés ne disent pas quand les paquets sont arrivés.
store-installed-held = gardé
store-installed-chosen = choisi
store-installed-needed = nécessaire
store-installed-facts = Version { $version } de { $repository }
store-installed-facts-local = Version { $version }, d’aucun dépôt
store-installed-size = { $size } sur le disque
store-installed-came = arrivé le { $date }
store-installed-why-asking = Recherche de la raison de sa présence…
store-installed-why-chosen = Il a été choisi.
store-installed-why-for = Il est là pour { $names }.
store-installed-why-direct = Nécessaire directement à { $names }.
store-installed-why-nobody = Personne ne l’a choisi, et rien n’en a besoin.
store-installed-why-held = Il est gardé à sa version : les mises à jour n’y touchent pas.
store-installed-leaves-asking = Calcul de ce qui partirait avec lui…
store-installed-leaves-alone = Rien d’autre ne partirait avec lui.
store-installed-leaves = { $count ->
        [one] { $names } partirait avec lui, car il ne peut s’en passer.
       *[other] { $shown } paquets partiraient avec lui, car ils ne peuvent s’en passer : { $names }.
    }
store-installed-leaves-failed = Il ne peut pas être retiré : { $reason }
store-installed-left = { $count ->
        [one] Ensuite, plus personne n’aurait besoin de ceci : { $names }.
       *[other] Ensuite, plus personne n’aurait besoin de ceci : { $names }.
    }
store-installed-waits = { $what } : dans la file d’attente
store-installed-open = Ouvrir sa page
store-installed-hold = Garder à cette version
store-installed-unhold = Laisser les mises à jour le changer
store-installed-remove = Retirer…
store-installed-orphans = { $count ->
        [one] { $names } est là, alors que personne ne l’a choisi et que personne n’en a besoin.
       *[other] { $shown } paquets sont là, que personne n’a choisis et dont personne n’a besoin : { $names }.
    }
store-installed-orphans-bytes = { $count ->
        [one] Il occupe { $size }. Cette place est libre quand plus aucun état conservé ne le contient.
       *[other] Ils occupent { $size }. Cette place est libre quand plus aucun état conservé ne les contient.
    }
store-installed-orphans-failed = On n’a pas pu calculer s’il y a ici quelque chose dont personne n’a besoin : { $reason }
store-installed-orphans-remove = Retirer ce dont personne n’a besoin…

## The store: queue

store-queue-title = File d’attente
store-queue-empty = Rien n’est en cours et rien n’attend.
store-queue-empty-more = Ce que vous installez, mettez à jour ou retirez se fait ici, une chose après l’autre.
store-queue-pause = Suspendre
store-queue-continue = Reprendre
store-queue-paused = La file d’attente est suspendue : rien de nouveau ne commence.
store-queue-ended = Terminé
store-queue-next = Vient ensuite. Rien n’a encore été modifié.
store-queue-next-kept = Vient ensuite. { $size } en sont déjà téléchargés et restent là. Rien n’a encore été modifié.
store-queue-waits = Attend ce qui vient avant. Rien n’a encore été modifié.
store-queue-starting = Demande d’autorisation, et nouveau calcul…
store-queue-asking = Cela changerait quelque chose que vous n’avez pas vu. Regardez-le avant que cela continue.
store-queue-look = Regarder
store-queue-percent = { $percent } %
store-queue-check = Nouveau regard sur le système : est-il comme prévu ?
store-queue-stopping-again = Arrêt en cours ; puis cela attendra la reprise de la file…
store-queue-waits-for = { $reason } Un nouvel essai se fait tout seul.
store-queue-cancelled = Vous l’avez arrêté. Rien n’a été modifié.
store-queue-failed = Pas fait : { $what }
store-queue-dismiss = Ôter de la liste
store-queue-done-state = L’état { $state } est l’état actif.
store-queue-done-whole = { $files } fichiers ont été comparés, et tous sont comme ils doivent être.
store-queue-done-freed = { $size } sont de nouveau libres.
store-queue-done-repaired = { $path } était abîmé et est de nouveau comme il doit être ({ $problem }).
store-queue-done-damaged = { $path } est abîmé ({ $problem }).
store-queue-done-damage-more = { $count ->
        [one] Un autre fichier n’était pas comme il doit être.
       *[other] { $shown } autres fichiers n’étaient pas comme ils doivent être.
    }
store-queue-done-note = À savoir : { $text }
store-queue-read-updated = { $count ->
        [one] { $name } a une nouvelle liste, avec un paquet.
       *[other] { $name } a une nouvelle liste, avec { $packages } paquets.
    }
store-queue-read-unchanged = { $count ->
        [one] { $name } n’a rien de nouveau et offre un paquet.
       *[other] { $name } n’a rien de nouveau et offre { $packages } paquets.
    }
store-queue-read-moved = { $name } publie maintenant sa liste à un autre endroit ; ce qui est lu ici ne change plus.
store-queue-read-newer = { $name } a un format ({ $format }) que seul un Moult plus récent lit. La liste d’avant reste utilisée.
store-queue-read-failed = { $name } n’a pas pu être lu. La liste d’avant reste utilisée. { $reason }

## The store: sources

store-sources-title = Dépôts
store-sources-lead = { $count ->
        [one] Un paquet est offert.
       *[other] { $shown } paquets sont offerts.
    }
store-sources-loading = Lecture des dépôts…
store-sources-failed = Les dépôts n’ont pas pu être lus.
store-sources-none = Il n’y a pas encore de dépôt, donc rien ne peut être installé. Ajoutez-en un par son adresse.
store-sources-refresh-all = Relire toutes les listes
store-sources-add = Ajouter un dépôt…
store-sources-broken = { $path } ne compte pas, car ce fichier est illisible : { $reason }
store-sources-broken-at = { $path } ne compte pas, car ce fichier est illisible (ligne { $line }, colonne { $column }) : { $reason }
store-sources-broken-one = Le dépôt { $name } dans { $path } ne compte pas, car il est inutilisable : { $reason }
store-sources-broken-one-at = Le dépôt { $name } dans { $path } ne compte pas, car il est inutilisable (ligne { $line }, colonne { $column }) : { $reason }
store-sources-on = Activé
store-sources-off = Désactivé
store-sources-signed = Signé par la clé { $key }, valable jusqu’au { $date }
store-sources-expired = Signé par la clé { $key }, mais valable seulement jusqu’au { $date } : aucune liste plus récente n’a été lue depuis
store-sources-not-yet = Une clé est indiquée, et aucune liste n’a été lue depuis
store-sources-unsigned = Non signé
store-sources-unsigned-means = Non signé : quiconque se trouve entre cet ordinateur et le dépôt pourrait changer ce qui en vient, sans que personne le remarque. Une clé publique de qui tient le dépôt vous protège.
store-sources-packages = { $count ->
        [one] Un paquet
       *[other] { $shown } paquets
    }
store-sources-nothing = N’offre rien tant qu’il est désactivé
store-sources-never = jamais lu
store-sources-refreshed = lu le { $date }
store-sources-follows = suit { $stream }
store-sources-follows-list = suit { $stream }, la liste { $list } est utilisée
store-sources-stays = reste à { $point }
store-sources-newer = Il a maintenant un format ({ $format }) que seul un Moult plus récent lit. La liste d’avant reste utilisée.
store-sources-bridge = Voir le Moult plus récent
store-sources-bridge-means = Ce qu’il change est montré avant. Une fois installé, rouvrez la boutique et relisez la liste de cette source.
store-sources-bridge-none = Aucun paquet installé ne contient ce programme, aucun ne peut donc le remplacer : installez un Moult plus récent comme celui-ci l’a été.
store-sources-failed-first = Il n’a pas pu être lu le { $date } et n’offre donc rien : { $reason }
store-sources-failed-again = Il n’a pas pu être lu le { $date } ; la liste d’avant reste utilisée : { $reason }
store-sources-waits = { $what } : dans la file d’attente
store-sources-address = Adresse
store-sources-mirror = Miroir
store-sources-priority = Priorité
store-sources-file = Inscrit dans
store-sources-refresh = Relire sa liste
store-sources-change = Modifier…
store-sources-remove = Retirer…
store-sources-remove-means = { $name } s’en va, avec ce qu’il offre. Ce qui en est installé reste, et ne reçoit plus de mises à jour.
store-sources-remove-vendor = { $name } vient avec le système ({ $file }) : il est seulement désactivé, et peut être réactivé. Ce qui en est installé reste.
store-sources-remove-now = Le retirer
store-sources-keep = Le garder
store-sources-versions = Autres versions…
store-sources-versions-on = Avancer, ou changer de version…
store-sources-versions-asks = Interroge le dépôt par le réseau.
store-sources-versions-asking = Lecture des versions du dépôt…
store-sources-versions-failed = Les versions n’ont pas pu être lues. { $reason }
store-sources-streams = Les flux avancent à chaque nouvelle liste
store-sources-tags = Les étiquettes restent
store-sources-history = Toutes les listes publiées, la plus récente d’abord
store-sources-history-more = { $count ->
        [one] Montrer une liste plus ancienne
       *[other] Montrer { $shown } listes plus anciennes
    }
store-sources-followed = Vous suivez ce flux
store-sources-stayed = Vous restez ici
store-sources-follow = Avancer avec { $stream }
store-sources-stay = Rester à { $point }
store-sources-list = maintenant à la liste { $list }
store-sources-tag = étiquette { $tag }
store-sources-in-use = utilisée
store-sources-unsupported = a un format ({ $format }) que seul un Moult plus récent lit
store-sources-add-title = Ajouter un dépôt
store-sources-change-title = Modifier { $name }
store-sources-name = Nom
store-sources-name-hint = Lettres, chiffres, - _ et .
store-sources-name-empty = Le dépôt a besoin d’un nom.
store-sources-name-wrong = Le nom peut avoir des lettres de a à z, des chiffres, - _ et . (128 au plus).
store-sources-name-taken = Il y a déjà un dépôt de ce nom. Ouvrez-le pour le modifier.
store-sources-priority-hint = La plus grande compte
store-sources-priority-wrong = Un nombre entier, 0 ou plus.
store-sources-uri-hint = https://example.org/stone.index, ou le début d’un dépôt à versions
store-sources-uri-hint-again = Si elle contient un mot de passe, retapez-le : il n’est pas montré ici.
store-sources-uri-empty = Le dépôt a besoin d’une adresse.
store-sources-uri-wrong = Une adresse commence par https://, http:// ou file:///.
store-sources-description = Description (peut rester vide)
store-sources-keys = Clés publiques (peut rester vide)
store-sources-keys-hint = Clés minisign (RW…), séparées par des espaces. L’une d’elles doit avoir signé la liste.
store-sources-key-wrong = Chaque clé a 56 caractères et commence par RW.
store-sources-keys-gone = Sa liste est vérifiée avec une clé. Sans aucune, elle ne le serait plus : pour cela, retirez la source et ajoutez-la de nouveau.
store-sources-mirrors = Autres adresses au même contenu (peut rester vide)
store-sources-mirrors-hint = Séparées par des espaces ; utilisées quand la première échoue.
store-sources-mirror-wrong = Chacune est une adresse du réseau, et en https:// si la première l’est.
store-sources-more = Un dépôt à versions
store-sources-version = Ce qui est suivi (vide : l’adresse est celle d’une seule liste)
store-sources-version-hint = stream/unstable avance ; tag/… et history/… restent
store-sources-version-wrong = Cela ressemble à stream/unstable, tag/… ou history/…
store-sources-usual = Vide : l’habituel
store-sources-channel = Canal
store-sources-architecture = Architecture
store-sources-word-wrong = Lettres de a à z, chiffres, - _ et . ; seulement pour un dépôt à versions.
store-sources-write-add = L’ajouter et lire sa liste
store-sources-write-change = L’enregistrer et lire sa liste
store-sources-write-means = Cela demande le mot de passe d’un administrateur. Rien n’est installé par là.
store-updates-help = Ouvrir les mises à jour
store-reader-gone = Ce qui montre les applications et les paquets s’est arrêté. Votre système est comme avant ; rien n’y était modifié par lui.
store-review-local = Un fichier que vous apportez et que personne n’a signé : { $file }. Ne l’installez que si vous vous fiez à sa provenance.
